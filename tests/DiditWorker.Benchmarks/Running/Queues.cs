using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Benchmarks.Running;

/// <summary>The queues of one run: the input, as every contender declares it, and one that takes all answers.</summary>
internal sealed class Queues(IConnection connection, IChannel channel) : IAsyncDisposable
{
    public const string Input = "benchmark";
    public const string Answers = "benchmark-answers";
    private const string Responses = "benchmark-responses";
    private const int BatchSize = 2_000;

    public static async Task<Queues> ConnectAsync(string rabbitMq)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(rabbitMq) }.CreateConnectionAsync();
        return new(connection, await connection.CreateChannelAsync());
    }

    /// <summary>Both queues, empty.</summary>
    /// <param name="keepAnswers">Otherwise only the last one, where nobody counts them.</param>
    public async Task ResetAsync(bool keepAnswers)
    {
        foreach (var queue in (string[])[Input, Input + "_error", Input + "_skipped", Answers, Responses])
        {
            await channel.QueueDeleteAsync(queue);
        }

        await channel.QueueDeclareAsync(Input, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = ParkingQueue.NoDeliveryLimit });
        await channel.QueueDeclareAsync(Answers, durable: true, exclusive: false, autoDelete: false,
            keepAnswers ? null : new Dictionary<string, object?> { ["x-max-length"] = 1 });
        await channel.ExchangeDeclareAsync(ContenderSettings.AnswerExchange, "fanout", durable: true);
        await channel.QueueBindAsync(Answers, ContenderSettings.AnswerExchange, "");
        await channel.QueueDeclareAsync(
            Responses, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-max-length"] = 1 });
        await channel.ExchangeDeclareAsync(Responses, "fanout", durable: true);
        await channel.QueueBindAsync(Responses, Responses, "");
    }

    /// <summary>Puts messages into the input, in this order.</summary>
    public async Task FillAsync(IEnumerable<int> numbers, MessageKind kind = MessageKind.Raw)
    {
        await using var publishing = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
            outstandingPublisherConfirmationsRateLimiter: null));
        foreach (var batch in numbers.Chunk(BatchSize))
        {
            var confirmed = new List<Task>(batch.Length);
            foreach (var number in batch)
            {
                confirmed.Add(PublishAsync(publishing, Message.Of(number), kind).AsTask());
            }

            await Task.WhenAll(confirmed);
        }
    }

    /// <summary>Messages that no consumer has been given yet.</summary>
    public async Task<uint> WaitingAsync() => (await channel.QueueDeclarePassiveAsync(Input)).MessageCount;

    /// <summary>Answers so far.</summary>
    public async Task<uint> AnsweredAsync() => (await channel.QueueDeclarePassiveAsync(Answers)).MessageCount;

    /// <summary>Publishes one message to the input.</summary>
    public static ValueTask PublishAsync(IChannel publishing, Message message, MessageKind kind = MessageKind.Raw)
    {
        var properties = new BasicProperties
        {
            MessageId = message.Id,
            ContentType = kind == MessageKind.Request ? "application/vnd.masstransit+json" : "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Timestamp = new AmqpTimestamp(DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
            Headers = kind == MessageKind.Replayed ? new Dictionary<string, object?> { [Delivery.ReplayCountHeader] = 1 } : null,
        };
        return publishing.BasicPublishAsync(
            "", Input, mandatory: true, properties, kind switch
            {
                MessageKind.Request => message.Enveloped(Responses),
                MessageKind.Large => message.Padded(),
                _ => message.Body,
            });
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
