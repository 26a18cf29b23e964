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
    /// <param name="program">Its name.</param>
    /// <param name="package">What it is installed with, where that has another name.</param>
    public static string Require(string program, string? package = null)
    {
        if (ServerSource.FindOrNull(program) is { } path)
        {
            return path;
        }

        Assert.Ignore(
            $"{program} is not installed; on Debian or Ubuntu: apt-get install -y --no-install-recommends {package ?? program} (tests/run "
                + "does it as root)");
        throw new UnreachableException();
    }

    /// <summary>Runs promtool to its end.</summary>
    public static async Task<(int ExitCode, string Output)> PromtoolAsync(params string[] arguments)
    {
        var run = await ProgramRun.ToEndAsync(Require(Promtool, Prometheus), arguments);
        return (run.ExitCode, run.Output + run.Error);
    }
}
