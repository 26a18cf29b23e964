using System.Buffers;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Send;

/// <summary>Publishes a request as a client in another language would: raw JSON, confirmed, with its id in <c>message_id</c>.</summary>
internal sealed class RequestSender(StartVerificationOptions options, DiditOptions didit, TimeProvider time)
{
    private const string Exchange = Inbox.Exchange;
    private const string ContentType = "application/json";

    /// <summary>Writes the body, and reads it as the worker will.</summary>
    /// <param name="members">Text by name; null is left out.</param>
    /// <param name="metadata">As JSON.</param>
    /// <exception cref="CommandException">The worker would reject it; the text says why, in the worker's words.</exception>
    public byte[] Write(IEnumerable<KeyValuePair<string, string?>> members, string? metadata)
    {
        try
        {
            var body = WriteBody(members, metadata);
            var (message, _) = BodyReader.Read(body, ContentType, contentEncoding: null, options.MaximumBodySize);
            StartVerificationReader.Read(message, didit.WorkflowId);
            return body;
        }
        catch (InvalidMessageException invalid)
        {
            throw new CommandException(ExitCodes.WrongUsage, invalid.Message);
        }
    }

    /// <summary>Publishes; returns once the broker has it in a queue.</summary>
    /// <exception cref="CommandException">There is no worker's queue to put it into.</exception>
    public async Task SendAsync(
        IOperatorBroker broker, string requestId, byte[] body, byte priority, CancellationToken cancellation)
    {
        var properties = new BasicProperties
        {
            MessageId = requestId,
            ContentType = ContentType,
            Persistent = true,
            Priority = priority,
            Timestamp = new(time.GetUtcNow().ToUnixTimeSeconds()),
        };
        try
        {
            await broker.PublishAsync(Exchange, properties, body, cancellation);
        }
        catch (BrokerException exception) when (exception.Failure == BrokerFailure.NoQueue)
        {
            throw Unbound();
        }
    }

    /// <summary>Checks that a worker has been here, before anything is declared or published.</summary>
    /// <exception cref="CommandException">None has.</exception>
    public static async Task RequireExchangeAsync(IOperatorBroker broker, CancellationToken cancellation)
    {
        if (!await broker.HasExchangeAsync(Exchange, cancellation))
        {
            throw Unbound();
        }
    }

    private static CommandException Unbound() => new(ExitCodes.SomeFailed,
        $"No queue is bound to the exchange {Exchange}: no worker has been started on this broker yet. Nothing was published. Start one "
            + "first (diditworker).");

    private static byte[] WriteBody(IEnumerable<KeyValuePair<string, string?>> members, string? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members.Where(member => member.Value is not null))
            {
                writer.WriteString(name, value);
            }

            if (metadata is not null)
            {
                writer.WritePropertyName("metadata");
                WriteRaw(writer, metadata);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteRaw(Utf8JsonWriter writer, string json)
    {
        try
        {
            writer.WriteRawValue(json);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // The parser's own text would quote it.
            throw new CommandException(ExitCodes.WrongUsage, """--metadata: is no JSON; expected an object such as {"order":4711}""");
        }
    }
}
