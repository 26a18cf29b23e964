using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>An answer as it came off the wire.</summary>
internal sealed record WireAnswer(string Event, string? MessageId, string? CorrelationId, JsonElement Message, string? Outcome)
{
    /// <summary>When it arrived here.</summary>
    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    public string? Text(string member) =>
        Message.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
}

/// <summary>A publisher and a consumer that know nothing of .NET: plain AMQP, as any other client speaks it.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    public const string Queue = "start-verification";
    private const string Inbox = "DiditWorker.Contracts:StartVerification";

    private readonly ConcurrentQueue<WireAnswer> _answers = new();
    private IConnection _connection = null!;
    private IChannel _publish = null!;
    private IChannel _consume = null!;

    public IReadOnlyCollection<WireAnswer> Answers => _answers;

    public IEnumerable<WireAnswer> Created => _answers.Where(a => a.Event == "VerificationSessionCreated");

    public IEnumerable<WireAnswer> Rejected => _answers.Where(a => a.Event == "VerificationSessionRejected");

    public static async Task<TestBroker> OpenAsync(string connectionString)
    {
        var broker = new TestBroker();
        broker._connection = await new ConnectionFactory { Uri = new(connectionString) }.CreateConnectionAsync();
        broker._publish =
            await broker._connection.CreateChannelAsync(
                new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        broker._consume = await broker._connection.CreateChannelAsync();
        await broker._publish.ExchangeDeclareAsync(Inbox, ExchangeType.Fanout, durable: true);
        foreach (var name in (string[])["VerificationSessionCreated", "VerificationSessionRejected"])
        {
            var exchange = "DiditWorker.Contracts:" + name;
            await broker._consume.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            var queue = "test-" + name;
            await broker._consume.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
            await broker._consume.QueueBindAsync(queue, exchange, "");
            var consumer = new AsyncEventingBasicConsumer(broker._consume);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                using var body = JsonDocument.Parse(delivery.Body);
                broker._answers.Enqueue(new(name, delivery.BasicProperties.MessageId, delivery.BasicProperties.CorrelationId,
                    body.RootElement.GetProperty("message").Clone(), Header(delivery.BasicProperties, "DiditWorker-Outcome")));
                await broker._consume.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            };
            await broker._consume.BasicConsumeAsync(queue, autoAck: false, consumer);
        }

        return broker;
    }

    /// <summary>Raw JSON, as a client in another language sends it.</summary>
    /// <summary>As one who waits for the answer sends it.</summary>
    public ValueTask PublishUrgentAsync(string messageId, string json, byte priority = 9) => PublishAsync(
        new()
        {
            Persistent = true, MessageId = messageId, ContentType = "application/json", Priority = priority,
            Timestamp = new(DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
        },
        Encoding.UTF8.GetBytes(json));

    public Task PublishRawAsync(string? messageId, string json, DateTimeOffset? timestamp = null) =>
        PublishBytesAsync(messageId, Encoding.UTF8.GetBytes(json), "application/json", timestamp ?? DateTimeOffset.UtcNow);

    /// <summary>The MassTransit envelope, written by hand.</summary>
    public Task PublishEnvelopeAsync(string messageId, string json, DateTimeOffset? sentTime = null, string type = Inbox)
    {
        var sent = (sentTime ?? DateTimeOffset.UtcNow).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var envelope =
            $$"""{"messageId":"{{messageId}}","messageType":["urn:message:{{type}}"],"message":{{json}},"sentTime":"{{sent}}"}""";
        return PublishBytesAsync(messageId, Encoding.UTF8.GetBytes(envelope), "application/vnd.masstransit+json", timestamp: null);
    }

    public async Task PublishBytesAsync(
        string? messageId, byte[] body, string? contentType, DateTimeOffset? timestamp, Dictionary<string, object?>? headers = null)
    {
        var properties = new BasicProperties { Persistent = true, Headers = headers };
        if (messageId is not null)
        {
            properties.MessageId = messageId;
        }

        if (contentType is not null)
        {
            properties.ContentType = contentType;
        }

        if (timestamp is { } at)
        {
            properties.Timestamp = new(at.ToUnixTimeSeconds());
        }

        await PublishAsync(properties, body);
    }

    /// <summary>Anything.</summary>
    public ValueTask PublishAsync(BasicProperties properties, ReadOnlyMemory<byte> body) =>
        _publish.BasicPublishAsync(Inbox, "", mandatory: true, properties, body);

    /// <summary>Raw JSON, many at once: the confirms are waited for in batches.</summary>
    public async Task PublishBacklogAsync(int first, int end)
    {
        const int batch = 1000;
        for (var done = first; done < end; done += batch)
        {
            await Task.WhenAll(Enumerable.Range(done, Math.Min(batch, end - done))
                .Select(i => PublishRawAsync($"backlog-{i}", $$"""{"vendorData":"user-{{i}}"}""")));
        }
    }

    /// <summary>Messages ready in a queue; 0 where it does not exist (yet).</summary>
    public async Task<uint> DepthAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }

    /// <summary>Takes one message out of a queue.</summary>
    public async Task<BasicGetResult> TakeAsync(string queue)
    {
        // Asking a queue that does not exist yet would close the channel.
        await Eventually.UntilAsync(async () => await DepthAsync(queue) > 0, TimeSpan.FromSeconds(30), $"a message in {queue}");
        BasicGetResult? got = null;
        await Eventually.UntilAsync(
            async () => (got = await _publish.BasicGetAsync(queue, autoAck: true)) is not null, TimeSpan.FromSeconds(30),
            $"a message in {queue}");
        return got!;
    }

    /// <summary>Looks at the first message of a queue and gives it back.</summary>
    public async Task PeekAsync(string queue)
    {
        BasicGetResult? got = null;
        await Eventually.UntilAsync(
            async () => (got = await _publish.BasicGetAsync(queue, autoAck: false)) is not null, TimeSpan.FromSeconds(30),
            $"a message in {queue}");
        await _publish.BasicNackAsync(got!.DeliveryTag, multiple: false, requeue: true);
    }

    public static string? Header(BasicGetResult message, string name) => Header(message.BasicProperties, name);

    private static string? Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers?.TryGetValue(name, out var value) == true ? value is byte[] text ? Encoding.UTF8.GetString(text)
            : value?.ToString() : null;

    public Task UntilAnswersAsync(int count, int seconds = 60) => Eventually.UntilAsync(
        () => Task.FromResult(_answers.Count >= count), TimeSpan.FromSeconds(seconds), $"{count} answers (there are {_answers.Count})");

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
