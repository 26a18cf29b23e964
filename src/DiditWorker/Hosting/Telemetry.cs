using System.Diagnostics.Metrics;
using System.Reflection;
using DiditWorker.Observability;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DiditWorker.Hosting;

/// <summary>
/// What leaves the process: metrics on <c>GET /metrics</c> always; metrics, traces and logs by OTLP where the standard environment variable
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> (or one for a single signal) says where to; the other <c>OTEL_…</c> variables count as well
/// (OpenTelemetry specification, "Environment Variable Specification" and "OTLP Exporter Configuration").
/// </summary>
internal static class Telemetry
{
    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    // Of these libraries the histograms are in milliseconds, and have no buckets of their own.
    private static readonly double[] Milliseconds =
        [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000];

    // Memory for so many sets of labels is taken for each instrument at once. Further ones are counted together (OpenTelemetry
    // specification, "Cardinality Limits").
    private const int MaxSeries = 200;

    // Not attempt.number, which grows with the time-outs.
    private static readonly string[] PollyLabels = ["pipeline.name", "strategy.name", "event.name", "exception.type"];

    // Not the endpoint: for answers to a response address it is the queue of one requester, which has a name of its own.
    private static readonly string[] SendLabels =
        ["messaging.masstransit.service", "messaging.masstransit.message_type", "messaging.masstransit.exception_type"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var version = typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("diditworker", serviceVersion: version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddMeter(WorkerMetrics.MeterName, "MassTransit", "Polly", "System.Net.Http", "System.Runtime")
                .AddView(Shape)
                .AddPrometheusExporter());
        if (Endpoints.Any(name => !string.IsNullOrEmpty(builder.Configuration[name])))
        {
            telemetry.WithTracing(traces => traces.AddSource(WorkerTracing.SourceName, "MassTransit", "System.Net.Http")).WithLogging()
                .UseOtlpExporter();
        }
    }

    private static MetricStreamConfiguration Shape(Instrument instrument)
    {
        var labels = instrument.Meter.Name == "Polly" ? PollyLabels
            : instrument.Name.StartsWith("messaging.masstransit.send", StringComparison.Ordinal) ? SendLabels : null;
        return instrument switch
        {
            Histogram<double> { Meter.Name: "Polly" or "MassTransit" } =>
                new ExplicitBucketHistogramConfiguration { Boundaries = Milliseconds, TagKeys = labels, CardinalityLimit = MaxSeries },
            _ => new MetricStreamConfiguration { TagKeys = labels, CardinalityLimit = MaxSeries },
        };
    }
}
