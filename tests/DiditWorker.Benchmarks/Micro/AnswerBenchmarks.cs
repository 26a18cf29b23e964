using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Contracts;
using MassTransit.Serialization;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>An answer in its envelope, from objects to bytes.</summary>
[MemoryDiagnoser]
[Config(typeof(MicroConfig))]
public class AnswerBenchmarks
{
    private static readonly JsonSerializerOptions AsTheWorker = new(SystemTextJsonMessageSerializer.Options) { WriteIndented = false };

    private static readonly JsonSerializerOptions WithGeneratedEvent = new(AsTheWorker)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ContenderJson.Default, AsTheWorker.TypeInfoResolver),
    };

    private static readonly VerificationSessionCreated Event = DiditHttp.Answer(
        new("6f1c1a52-6f0c-4d0e-9d0f-3b1a6f8f2f5e", 42, "https://verify.didit.me/session/AbCdEfGhIjKl", "Not Started",
        ContenderSettings.Workflow),
        "00000001-0007-1267-0102-030405060708", Guid.NewGuid(), "user-1");

    private readonly JsonMessageEnvelope _envelope = new()
    {
        MessageId = Guid.NewGuid().ToString(),
        CorrelationId = Guid.NewGuid().ToString(),
        ConversationId = Guid.NewGuid().ToString(),
        SourceAddress = "rabbitmq://localhost/start-verification",
        DestinationAddress = "rabbitmq://localhost/" + ContenderSettings.AnswerExchange,
        MessageType = ["urn:message:" + ContenderSettings.AnswerExchange],
        Message = Event,
        SentTime = DateTime.UtcNow,
        Headers = new(StringComparer.Ordinal) { [AnswerHeaders.Outcome] = "replayed" },
        Host = MassTransit.Metadata.HostMetadataCache.Host,
    };

    private readonly AnswerEnvelope _generated = new(Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), Event);

    /// <summary>As the worker does, which leaves it to MassTransit's serializer.</summary>
    [Benchmark(Baseline = true)]
    public byte[] ByMassTransit() => JsonSerializer.SerializeToUtf8Bytes(_envelope, AsTheWorker);

    /// <summary>The same, with generated metadata for the event.</summary>
    [Benchmark]
    public byte[] WithGeneratedMetadata() => JsonSerializer.SerializeToUtf8Bytes(_envelope, WithGeneratedEvent);

    /// <summary>By generated code alone, as raw does: what could be had at most.</summary>
    [Benchmark]
    public byte[] ByGeneratedCode() => JsonSerializer.SerializeToUtf8Bytes(_generated, ContenderJson.Default.AnswerEnvelope);
}
