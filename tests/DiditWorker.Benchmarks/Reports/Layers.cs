namespace DiditWorker.Benchmarks.Reports;

/// <summary>Which part of the work a stack belongs to: that of its first frame, from the innermost out, that belongs to any.</summary>
internal static class Layers
{
    private const string Runtime = "runtime: threads, collector, sockets' events";

    // The first that fits counts, so that what is special comes before what holds it.
    private static readonly (string Layer, string[] Signs)[] All =
    [
        ("telemetry", [
            "[OpenTelemetry", "Diagnostics.Metrics", "WorkerMetrics", "RecentActivity", "DeliverySpan", "Diagnostics.Activity",
            "MassTransit.Monitoring", "MassTransit.Logging", "Polly.Telemetry"]),
        ("log", ["[ZLogger", "[Microsoft.Extensions.Logging"]),
        ("HTTP and Polly", ["[System.Net.Http]", "[Polly", "[DiditWorker.Core] DiditWorker.Didit.", "DiditSteps", "DiditHttp"]),
        ("rate", ["RateQueue", "RedisRateLimiter", "TimeLine", "RateWaiter"]),
        ("key and fingerprint", ["IdempotencyKey", "Fingerprint", "[UUIDNext"]),
        ("Redis", ["[StackExchange.Redis", "[Pipelines.Sockets", "[DiditWorker.Core] DiditWorker.Redis."]),
        ("bodies and checks", [
            "CheckedDeserializer", "Reader", "MessageFields", "SetApart", "UnreadableHeaders", "DeliveryFrames", "DeliveryStream",
            "BrokerSocket", "AmqpFrame", "BodyConsumeContext", "ConsumeContext::TryGetMessage", "RawMessageSerializer::Deserialize"]),
        ("answer", [
            "AnswerPublishing", "MessageSerializer::", "MessageBody", "PublishPipe", "SendPipe", "MessageSendContext", "Answer::",
            "RabbitMqSendTransport", "PublishEndpoint", "SendEndpoint"]),
        ("protocol", ["[DiditWorker.Core]", "[diditworker]"]),
        ("RabbitMQ.Client", ["[RabbitMQ.Client"]),
        ("MassTransit", ["[MassTransit"]),
        ("the consumer's own steps", ["DiditWorker.Benchmarks"]),
    ];

    /// <summary>All, in the order of a table.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(layer => layer.Layer), Runtime];

    /// <summary>Of one stack.</summary>
    public static string Of(IReadOnlyList<string> stack)
    {
        foreach (var frame in stack)
        {
            foreach (var (layer, signs) in All)
            {
                if (Array.Exists(signs, sign => frame.Contains(sign, StringComparison.Ordinal)))
                {
                    return layer;
                }
            }
        }

        return Runtime;
    }
}
