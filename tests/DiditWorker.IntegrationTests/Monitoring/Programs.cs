using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Tests.Shared;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>Programs that these tests need and a machine may lack: then they are skipped, and say what to install.</summary>
internal static class Programs
{
    public const string Prometheus = "prometheus";
    public const string Promtool = "promtool";
    public const string RedisExporter = "prometheus-redis-exporter";

    /// <summary>The path of a program; where it is not installed, the test ends here and counts as skipped.</summary>
    public static string Require(string program)
    {
        if (ServerSource.FindOrNull(program) is { } path)
        {
            return path;
        }

        var package = program == Promtool ? Prometheus : program;
        Assert.Ignore(
            $"{program} is not installed; on Debian or Ubuntu: apt-get install -y --no-install-recommends {package} (tests/run does it "
                + "as root)");
        throw new UnreachableException();
    }

    /// <summary>Runs promtool to its end.</summary>
    public static async Task<(int ExitCode, string Output)> PromtoolAsync(params string[] arguments)
    {
        var run = await ProgramRun.ToEndAsync(Require(Promtool), arguments);
        return (run.ExitCode, run.Output + run.Error);
    }
}
