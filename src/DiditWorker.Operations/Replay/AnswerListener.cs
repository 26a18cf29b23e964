using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using RabbitMQ.Client;

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
/// Hears every answer that workers publish from when it was opened until it is disposed, whoever asked; takes none away from others.
/// </summary>
public sealed class AnswerListener : IAsyncDisposable
{
    private static readonly string[] Exchanges =
        ["DiditWorker.Contracts:" + nameof(VerificationSessionCreated), "DiditWorker.Contracts:" + nameof(VerificationSessionRejected)];

    private readonly ISubscription _subscription;

    private AnswerListener(ISubscription subscription) => _subscription = subscription;

    /// <summary>Begins to listen. What is published after this has returned is heard.</summary>
    public static async Task<AnswerListener> OpenAsync(IOperatorBroker broker, CancellationToken cancellation) =>
        new(await broker.SubscribeAsync(Exchanges, cancellation));

    /// <summary>The answers as they come, without an end. One reader at a time; reading may be stopped and taken up again.</summary>
    /// <exception cref="BrokerException">The broker ended it.</exception>
    public async IAsyncEnumerable<HeardAnswer> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (exchange, properties, body) in _subscription.ReadAsync(cancellation))
        {
            if (Read(exchange, properties, body) is { } answer)
            {
                yield return answer;
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    // Null: whatever somebody else published there, it is no answer.
    private static HeardAnswer? Read(string exchange, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        try
        {
            var message = JsonElement.Parse(body.Span).GetProperty("message");
            var created = exchange.EndsWith(nameof(VerificationSessionCreated), StringComparison.Ordinal);
            return new(new(message.GetProperty("idempotencyKey").GetGuid()), created, created ? null
                : message.GetProperty("code").GetString(),
                properties.Header(AnswerHeaders.Outcome), message);
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
