using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>An eventful run of the executable at the most talkative level, with everything on that tells of it.</summary>
public sealed class What_leaves_the_process
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Holds_nothing_secret_or_personal_in_logs_spans_metrics_health_and_status()
    {
        using var receiver = new OtlpReceiver();
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        foreach (var (name, value) in Settings(receiver))
        {
            arena.Settings[name] = value;
        }

        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await EventfulRun.RunAsync(arena);
        await Eventually.UntilAsync(
            () => Task.FromResult(receiver.Text("/v1/traces").Contains("adopted", StringComparison.Ordinal)
                && receiver.Text("/v1/metrics").Contains("diditworker.deadletters.grouped", StringComparison.Ordinal)
                && receiver.Text("/v1/logs").Contains("RefusedByDidit", StringComparison.Ordinal)),
            Bound, "everything is exported");
        var told = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["/metrics"] = await worker.GetAsync("/metrics"),
            ["/health/ready"] = await worker.GetAsync("/health/ready"),
            ["/status.json"] = await worker.GetAsync("/status.json"),
        };
        (await worker.TerminateAsync()).ShouldBe(0);
        told["console"] = worker.Output;
        foreach (var path in (string[])["/v1/traces", "/v1/metrics", "/v1/logs"])
        {
            told[path] = receiver.Text(path);
        }

        foreach (var (where, text) in told)
        {
            text.Length.ShouldBeGreaterThan(100, where);
            foreach (var secret in EventfulRun.SecretsOf(arena))
            {
                text.ShouldNotContain(secret, Case.Insensitive, $"{where} tells {secret}");
            }
        }

        // What was looked at is what matters: every kind of event is there, under the name that the environment gives.
        foreach (var word in (
            string[])["verify", "look up", "create", "claim", "complete", "created", "replayed", "rejected", "POST", "planted-service"])
        {
            told["/v1/traces"].ShouldContain(word);
        }

        told["/v1/metrics"].ShouldContain("planted-service");
        told["console"].ShouldContain("\"Outcome\":\"adopted\"");
        told["/status.json"].ShouldContain("PayloadMismatch");
    }

    private static IEnumerable<(string Name, string Value)> Settings(OtlpReceiver receiver) =>
    [
        ("Didit:AttemptTimeout", "00:00:00.500"),
        ("StartVerification:QueueWatchInterval", "00:00:00.200"),
        ("Logging:LogLevel:Default", "Trace"),
        ("Logging:LogLevel:Microsoft", "Trace"),
        ("Logging:LogLevel:MassTransit", "Trace"),
        ("OTEL_SERVICE_NAME", "planted-service"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ];
}
