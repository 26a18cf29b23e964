using System.Net.Http.Json;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>amqps and TLS to Redis, both of which want to see a certificate.</summary>
public sealed class When_transport_is_encrypted
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);
    private TlsServers _servers = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _servers = await TlsServers.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }

    [Test]
    public async Task Messages_are_answered_and_every_connection_shows_the_certificate_that_is_there_now()
    {
        await using var arena = await _servers.OpenArenaAsync();
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        await Eventually.UntilAsync(
            async () => (await worker.GetAsync("/metrics"))
                .Contains("diditworker_queue_messages{", StringComparison.Ordinal), Bound, "the queue watch sees its queue");

        var run = await arena.OperateAsync("keys", "show", "order-1");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        run = await arena.OperateAsync("dead-letters", "list");
        run.ExitCode.ShouldBeOneOf([ExitCodes.Done, ExitCodes.NothingMatched], run.ToString());
        await ShouldShowAsync("worker-1");

        _servers.Authority.IssueClient("client", "worker-2");
        await worker.UntilOutputAsync("RabbitMq:ClientCertificateFile");
        await Task.WhenAll((await SubjectsAsync()).Select(connection => CloseAsync(connection.Name)));
        await ShouldShowAsync("worker-2");
        await arena.Broker.PublishRawAsync("order-2", """{"vendorData":"user-2"}""");
        await arena.Broker.UntilAnswersAsync(2);
    }

    [TestCase("another authority",
        "127.0.0.1 shows a certificate of another authority (CN=authority) than those in {0}:CertificateAuthorityFile")]
    [TestCase("another name", "localhost shows a certificate for other names (127.0.0.1)")]
    [TestCase("nothing shown",
        "127.0.0.1 asks for a certificate and none is set; set {0}:ClientCertificateFile and {0}:ClientCertificateKeyFile")]
    public async Task What_is_wrong_with_a_certificate_is_said_with_what_to_do(string how, string expected)
    {
        await using var arena = await _servers.OpenArenaAsync(
            how == "another authority" ? _servers.Other : null, how == "another name" ? "localhost"
                : "127.0.0.1", shown: how != "nothing shown");

        await ShouldSayAsync(arena, expected);
    }

    [Test]
    public async Task An_expired_certificate_is_not_accepted()
    {
        await using var servers = await TlsServers.StartAsync(until: DateTimeOffset.UtcNow.AddDays(-1));
        await using var arena = await servers.OpenArenaAsync();

        await ShouldSayAsync(arena, "127.0.0.1 shows a certificate that is valid from");
    }

    private static async Task ShouldSayAsync(Arena arena, string expected)
    {
        await using var worker = WorkerProcess.Start(arena.Settings);
        foreach (var (part, section) in ((string, string)[])[("broker", "RabbitMq"), ("redis", "Redis")])
        {
            var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, section);
            await Eventually.UntilAsync(
                async () => (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty(part) is var health
                    && health.GetProperty("status").GetString() == "Unhealthy"
                    && health.GetProperty("description").GetString()!.Contains(text, StringComparison.Ordinal),
                Bound, $"/health/ready says of {part}: {text}");
            await worker.UntilOutputAsync("Connecting: " + text[..Math.Min(text.Length, 20)]);
        }

        var run = await arena.OperateAsync("dead-letters", "list");
        run.ExitCode.ShouldBe(ExitCodes.Unreachable, run.ToString());
        run.Notes.ShouldContain(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, "RabbitMq"));
        worker.Output.ShouldNotContain("PRIVATE KEY");
        worker.Output.ShouldNotContain($":{RabbitMqServer.Password}@");
        arena.Broker.Answers.ShouldBeEmpty();
    }

    private Task ShouldShowAsync(string name) => Eventually.UntilAsync(
        async () => await SubjectsAsync() is { Count: >= 2 } all && all.TrueForAll(connection => connection.Subject == $"CN={name}"),
        Bound, $"bus and queue watch show the certificate of {name}");

    private async Task<List<(string Name, string Subject)>> SubjectsAsync()
    {
        using var management = _servers.RabbitMq.ManagementClient();
        return [.. (await management.GetFromJsonAsync<List<JsonElement>>("api/connections"))!
            .Where(connection => connection.TryGetProperty("ssl", out var ssl) && ssl.GetBoolean())
            .Select(connection => (connection.GetProperty("name").GetString()!, connection.GetProperty("peer_cert_subject").GetString()!))];
    }

    private async Task CloseAsync(string name)
    {
        using var management = _servers.RabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri("api/connections/" + Uri.EscapeDataString(name), UriKind.Relative));
    }
}
