using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>Puts dead letters straight into the error queue, as MassTransit leaves them there.</summary>
internal sealed class Parking : IAsyncDisposable
{
    private const string ErrorQueue = "start-verification_error";

    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private Parking(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    /// <summary>Declares the queue with the arguments that the worker gives it.</summary>
    public static async Task<Parking> OpenAsync(Arena arena)
    {
        var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        var channel =
            await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.ExchangeDeclareAsync(ErrorQueue, ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(ErrorQueue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 1_000_000_000 });
        await channel.QueueBindAsync(ErrorQueue, ErrorQueue, "");
        return new(connection, channel);
    }

    public async Task ParkAsync(
        string messageId, string json, string exception, DateTimeOffset? published = null, DateTimeOffset? parked = null,
        IReadOnlyDictionary<string, object?>? headers = null)
    {
        var all = new Dictionary<string,
            object?>(headers ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["MT-Reason"] = "fault",
            ["MT-Fault-ExceptionType"] = exception,
            ["MT-Fault-Message"] = "it went wrong",
            ["MT-Fault-StackTrace"] = "at Somewhere.InTheCode()",
            ["MT-Fault-Timestamp"] = (parked ?? DateTimeOffset.UtcNow).ToString("O", CultureInfo.InvariantCulture),
            ["MT-Host-MachineName"] = "somewhere",
        };
        var properties = new BasicProperties
        {
            MessageId = messageId, ContentType = "application/json", Persistent = true, Headers = all,
            Timestamp = new((published ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds()),
        };
        await _channel.BasicPublishAsync("", ErrorQueue, mandatory: true, properties, Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Many at once: the confirms are waited for in batches.</summary>
    public Task ParkManyAsync(int count, Func<int, (string Id, string Json)> message, string exception) =>
        ParkManyAsync(count, message, _ => exception);

    /// <inheritdoc cref="ParkManyAsync(int, Func{int, ValueTuple{string, string}}, string)" />
    public async Task ParkManyAsync(int count, Func<int, (string Id, string Json)> message, Func<int, string> exception)
    {
        foreach (var batch in Enumerable.Range(0, count).Chunk(1_000))
        {
            await Task.WhenAll(batch.Select(i => ParkAsync(message(i).Id, message(i).Json, exception(i))));
        }
    }

    /// <summary>Everything in the queue, in order; it is taken out.</summary>
    public async Task<IReadOnlyList<BasicGetResult>> TakeAllAsync()
    {
        var all = new List<BasicGetResult>();
        while (await _channel.BasicGetAsync(ErrorQueue, autoAck: true) is { } message)
        {
            all.Add(message);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
