using System.Diagnostics;
using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Benchmarks.Running;
using MassTransit;
using RabbitMQ.Client;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// The envelope that subscribers on MassTransit read (MassTransit documentation, "Message envelope"), with every member that the worker's
/// answers have.
/// </summary>
internal sealed record AnswerEnvelope(string MessageId, string CorrelationId, VerificationSessionCreated Message)
{
    private const string Outcome = "replayed";
    private static readonly string[] MessageTypes = ["urn:message:" + ContenderSettings.AnswerExchange];

    public string? RequestId { get; }

    public string ConversationId => MessageId;

    public string? InitiatorId { get; }

    public string SourceAddress { get; } = "rabbitmq://localhost/" + Queues.Input;

    public string DestinationAddress { get; } = "rabbitmq://localhost/" + ContenderSettings.AnswerExchange;

    public string? ResponseAddress { get; }

    public string? FaultAddress { get; }

    public IReadOnlyList<string> MessageType { get; } = MessageTypes;

    public DateTime? ExpirationTime { get; }

    public DateTime SentTime { get; } = DateTime.UtcNow;

    public IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string,
        string>(StringComparer.Ordinal)
    { [AnswerHeaders.Outcome] = Outcome };

    public SenderHost Host { get; } = SenderHost.This;

    /// <summary>The body, and what else tells a subscriber of it.</summary>
    public static byte[] Wrap(BasicProperties properties, VerificationSessionCreated answer)
    {
        properties.ContentType = "application/vnd.masstransit+json";

        // The client adds one of its own to it.
        properties.Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [AnswerHeaders.Outcome] = Outcome };
        return JsonSerializer.SerializeToUtf8Bytes(
            new AnswerEnvelope(properties.MessageId!, properties.CorrelationId!, answer), ContenderJson.Default.AnswerEnvelope);
    }
}

/// <summary>Who sent it.</summary>
internal sealed record SenderHost(
    string MachineName, string ProcessName, int ProcessId, string Assembly, string AssemblyVersion, string FrameworkVersion,
    string MassTransitVersion, string OperatingSystemVersion)
{
    public static SenderHost This { get; } = Create();

    private static SenderHost Create()
    {
        var program = typeof(SenderHost).Assembly.GetName();
        using var process = Process.GetCurrentProcess();
        return new(
            Environment.MachineName, process.ProcessName, process.Id, program.Name!, program.Version!.ToString(),
            Environment.Version.ToString(),
            typeof(IBus).Assembly.GetName().Version!.ToString(), Environment.OSVersion.ToString());
    }
}
