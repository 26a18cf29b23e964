using System.Text.Json;
using System.Threading.Channels;
using DiditWorker.Contracts;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DiditWorker.Operations.Replay;

/// <summary>An answer of the worker.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Created">Whether there is a session; otherwise it is a rejection.</param>
/// <param name="Code">Of a rejection, see <see cref="RejectionCodes"/>.</param>
/// <param name="Outcome">The header <see cref="AnswerHeaders.Outcome"/>; null from a worker that does not set it yet.</param>
/// <param name="Message">The event. It holds personal data, and that of a session its URL.</param>
public sealed record HeardAnswer(IdempotencyKey Key, bool Created, string? Code, string? Outcome, JsonElement Message)
{
    /// <summary>Without what it holds: whoever has the URL in it can take the verification.</summary>
    public override string ToString() => $"{nameof(HeardAnswer)} {Key}";
}

/// <summary>
/// Hears every answer that workers publish from when it was opened until it is disposed, whoever asked; takes none away from others. What
/// has not been read waits in a queue of its own at the broker, which goes with it.
/// </summary>
public sealed class AnswerListener : IAsyncDisposable
{
    private const ushort Ahead = 500;

    private readonly IChannel _channel;
    private readonly Channel<(ulong Tag, HeardAnswer? Answer)> _arrived = Channel.CreateUnbounded<(ulong, HeardAnswer?)>(new() { SingleReader = true });

    private AnswerListener(IChannel channel)
    {
        _channel = channel;
        channel.ChannelShutdownAsync += (_, why) =>
        {
            _arrived.Writer.TryComplete(new IOException("the broker ended the listening for answers: " + why.ReplyText));
            return Task.CompletedTask;
        };
    }

    /// <summary>Begins to listen. What is published after this has returned is heard.</summary>
    public static async Task<AnswerListener> OpenAsync(IConnection connection, CancellationToken cancellation)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var listener = new AnswerListener(channel);
        var queue = (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellation)).QueueName;
        foreach (var name in (string[])[nameof(VerificationSessionCreated), nameof(VerificationSessionRejected)])
        {
            var exchange = "DiditWorker.Contracts:" + name;
            if (!await BrokerConnection.HasExchangeAsync(connection, exchange, cancellation))
            {
                // As the worker declares it: it may not have published yet.
                await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellation);
            }

            await channel.QueueBindAsync(queue, exchange, "", cancellationToken: cancellation);
        }

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            listener._arrived.Writer.TryWrite((delivery.DeliveryTag, Read(delivery)));
            return Task.CompletedTask;
        };
        await channel.BasicQosAsync(0, Ahead, global: false, cancellation);
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellation);
        return listener;
    }

    /// <summary>The answers as they come, without an end. One reader at a time; reading may be stopped and taken up again.</summary>
    /// <exception cref="IOException">The broker closed the channel.</exception>
    public async IAsyncEnumerable<HeardAnswer> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (tag, answer) in _arrived.Reader.ReadAllAsync(cancellation))
        {
            await _channel.BasicAckAsync(tag, multiple: false, cancellation);
            if (answer is not null)
            {
                yield return answer;
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _channel.DisposeAsync();

    // None: whatever somebody else published there, it is no answer.
    private static HeardAnswer? Read(BasicDeliverEventArgs delivery)
    {
        try
        {
            var message = JsonElement.Parse(delivery.Body.Span).GetProperty("message");
            var created = delivery.Exchange.EndsWith(nameof(VerificationSessionCreated), StringComparison.Ordinal);
            return new(new(message.GetProperty("idempotencyKey").GetGuid()), created, created ? null : message.GetProperty("code").GetString(),
                delivery.BasicProperties.Header(AnswerHeaders.Outcome), message);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
