using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Images;

/// <summary>The README's command for those who have only Docker: images built from the Dockerfile, run by docker-compose.yml.</summary>
public sealed class When_the_containers_run
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private ComposeProject? _compose;

    private ComposeProject Compose => _compose!;

    [OneTimeSetUp]
    public async Task UpAsync()
    {
        _compose = await ComposeProject.RequireAsync();
        var (exitCode, output) = await Compose.RunAsync("--profile", "development", "up", "--build", "-d");
        exitCode.ShouldBe(0, output);
    }

    [OneTimeTearDown]
    public async Task DownAsync()
    {
        if (_compose is not null)
        {
            await _compose.DisposeAsync();
        }
    }

    [Test, Order(1)]
    public async Task One_message_is_answered()
    {
        var container = await Compose.ContainerAsync("first-message");
        await Eventually.UntilAsync(
            async () => await InspectAsync(container, "{{.State.Status}}") == "exited", Bound, "first-message has ended");

        var (_, printed) = await ComposeProject.DockerAsync("logs", container);
        (await InspectAsync(container, "{{.State.ExitCode}}")).ShouldBe("0", printed);
        printed.ShouldContain("outcome     created");
    }

    [Test, Order(2)]
    public async Task An_operator_finds_the_commands_in_the_worker()
    {
        var (exitCode, output) =
            await ComposeProject.DockerAsync("exec", await Compose.ContainerAsync("worker"), "diditworker", "dead-letters", "list");

        exitCode.ShouldBe(3, output);
        output.ShouldContain("No dead letters in start-verification_error and start-verification_skipped");
    }

    [Test, Order(3)]
    public async Task Nothing_more_than_it_needs_is_allowed()
    {
        var worker = await Compose.ContainerAsync("worker");

        (await InspectAsync(worker, "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.Config.User}}")).ShouldBe("true [ALL] 1654");
        (await ComposeProject.DockerAsync("exec", worker, "sh", "-c", "id -u; touch /app/x"))
            .Output.ShouldMatch("^1654\n.*Read-only file system");
        (await InspectAsync(worker, "{{.State.Health.Status}}")).ShouldBe("healthy");
    }

    [Test, Order(3)]
    public async Task The_image_says_what_it_is_and_what_is_in_it()
    {
        var labels = await InspectAsync(Compose.WorkerImage, "{{json .Config.Labels}}");
        using var parsed = JsonDocument.Parse(labels);
        parsed.RootElement.GetProperty("org.opencontainers.image.title").GetString().ShouldBe("diditworker");
        var path = parsed.RootElement.GetProperty("diditworker.sbom").GetString()!;

        var (_, text) = await ComposeProject.DockerAsync("run", "--rm", "--entrypoint", "cat", Compose.WorkerImage, path);
        using var sbom = JsonDocument.Parse(text);
        sbom.RootElement.GetProperty("bomFormat").GetString().ShouldBe("CycloneDX");
        sbom.RootElement.GetProperty("components").EnumerateArray().Select(component => component.GetProperty("name").GetString())
            .ShouldContain("MassTransit.RabbitMQ");
    }

    [Test, Order(3)]
    public async Task Without_its_secrets_it_says_which_and_does_not_start()
    {
        var (exitCode, output) =
            await ComposeProject.DockerAsync("run", "--rm", "-e", "Didit__ApiKeyFile=/run/secrets/didit-api-key", Compose.WorkerImage);

        exitCode.ShouldBe(78, output);
        output.ShouldContain("Didit:ApiKeyFile = \"/run/secrets/didit-api-key\": the file cannot be read");
    }

    [Test, Order(3)]
    public async Task Every_profile_can_be_read() =>
        (await Compose.RunAsync(
            "--profile", "development", "--profile", "scale", "--profile", "monitoring", "--profile", "production", "config", "-q"))
                .ShouldBe((0, ""));

    [Test, Order(3)]
    public async Task In_production_every_secret_comes_from_a_file()
    {
        using var folder = new TemporaryFolder();
        if (!OperatingSystem.IsWindows())
        {
            // The worker's user is not the one that runs the tests.
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        }

        foreach (var (name, secret) in ((string, string)[])
            [("rabbitmq", "amqp://guest:guest@rabbitmq:5672/"), ("redis", "redis:6379"), ("didit-api-key", "simulator-key"),
                ("encryption-key", Convert.ToBase64String(new byte[32])), ("status-token", "0123456789abcdef")])
        {
            await File.WriteAllTextAsync(folder.File(name), secret);
        }

        Compose.Set("SECRETS", folder.FullName);
        Compose.Set("WORKER_PORT", $"{FreePort.Take()}");
        var (exitCode, output) = await Compose.RunAsync("--profile", "production", "up", "-d", "--no-deps", "worker-production");
        exitCode.ShouldBe(0, output);

        var container = await Compose.ContainerAsync("worker-production");
        await Eventually.UntilAsync(
            async () => await InspectAsync(container, "{{.State.Health.Status}}") == "healthy", Bound, "worker-production is healthy");
        var environment = await InspectAsync(container, "{{json .Config.Env}}");
        environment.ShouldContain("ConnectionStrings__RabbitMqFile=/run/secrets/rabbitmq");
        environment.ShouldNotContain("guest");
        environment.ShouldNotContain("simulator-key");
    }

    [Test, Order(4)]
    public async Task SIGTERM_ends_each_with_0([Values("worker", "simulator")] string service)
    {
        var container = await Compose.ContainerAsync(service);
        (await ComposeProject.DockerAsync("kill", "--signal", "TERM", container)).ExitCode.ShouldBe(0);
        await Eventually.UntilAsync(
            async () => await InspectAsync(container, "{{.State.Status}}") == "exited", Bound, $"{service} has ended");

        (await InspectAsync(container, "{{.State.ExitCode}}")).ShouldBe("0");
    }

    private static async Task<string> InspectAsync(string what, string format)
    {
        var (exitCode, output) = await ComposeProject.DockerAsync("inspect", "-f", format, what);
        exitCode.ShouldBe(0, output);
        return output.Trim();
    }
}
