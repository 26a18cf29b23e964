using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Tests.Shared;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Images;

/// <summary>docker-compose.yml as a project of its own, on free ports, with the images that the tests' servers have.</summary>
internal sealed class ComposeProject : IAsyncDisposable
{
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"diditworker-tests-{Environment.ProcessId}");
    private readonly Dictionary<string,
        string> _environment = new(StringComparer.Ordinal) { ["DOCKER_BUILDKIT"] = "0", ["COMPOSE_DOCKER_CLI_BUILD"] = "0" };
    private readonly string[] _compose;

    private ComposeProject(string[] compose)
    {
        _compose = compose;
        foreach (var port in (string[])["RABBITMQ_PORT", "RABBITMQ_MANAGEMENT_PORT", "REDIS_PORT", "SIMULATOR_PORT", "WORKER_PORT"])
        {
            _environment[port] = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        }

        foreach (var image in (string[])["RABBITMQ_IMAGE", "REDIS_IMAGE", "SDK_IMAGE", "RUNTIME_IMAGE"])
        {
            if (Environment.GetEnvironmentVariable("DIDITWORKER_TEST_" + image) is { Length: > 0 } name)
            {
                _environment[image] = name;
            }
        }

        _environment["WORKER_IMAGE"] = $"{_name}/worker";
        _environment["SIMULATOR_IMAGE"] = $"{_name}/simulator";
    }

    public string WorkerImage => _environment["WORKER_IMAGE"];

    /// <summary>Where there is no Docker, or nothing that reads the file, the tests end here and count as skipped.</summary>
    public static async Task<ComposeProject> RequireAsync()
    {
        if (!(await ServerSource.Current).IsDocker)
        {
            Assert.Ignore("The images are built and run with Docker, and this run has native servers.");
        }

        if (ServerSource.FindOrNull("docker-compose") is { } standalone)
        {
            return new([standalone]);
        }

        if ((await RunAsync("docker", ["compose", "version"], [])).ExitCode != 0)
        {
            Assert.Ignore(
                "Neither docker-compose nor docker compose is installed; on Debian or Ubuntu: apt-get install -y --no-install-recommends "
                    + "docker-compose");
        }

        return new(["docker", "compose"]);
    }

    /// <summary>A variable of docker-compose.yml, from now on.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    /// <summary>Runs Compose to its end.</summary>
    public Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        RunAsync(_compose[0], [.. _compose[1..], "-p", _name, .. arguments], _environment);

    /// <summary>Runs docker to its end.</summary>
    public static Task<(int ExitCode, string Output)> DockerAsync(params string[] arguments) => RunAsync("docker", arguments, []);

    /// <summary>The container of a service.</summary>
    public async Task<string> ContainerAsync(string service) => (await RunAsync("ps", "-a", "-q", service)).Output.Trim();

    public async ValueTask DisposeAsync()
    {
        await RunAsync("--profile", "development", "--profile", "production", "down", "-v", "-t", "10");
        await DockerAsync("image", "rm", "-f", WorkerImage, _environment["SIMULATOR_IMAGE"]);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var run = await ProgramRun.ToEndAsync(program, arguments, environment: environment);
        return (run.ExitCode, run.Output + run.Error);
    }
}
