using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Messaging;

/// <summary>
/// Puts a delivery whose body is too large to be worked on into the error queue, before it is held anywhere else: one at a time for each
/// connection, so that memory is bounded by one such body and not by how many of them the broker hands out ahead. In its place comes a
/// stub without a body, by which it is rejected and acknowledged.
/// </summary>
internal sealed class SetApart(StartVerificationOptions options, SideChannels side, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // No publisher can know it.
    private static readonly string Header = "DiditWorker-Set-Apart-" + RandomNumberGenerator.GetHexString(32);

    /// <summary>Parks a delivery.</summary>
    /// <param name="properties">Its properties.</param>
    /// <param name="body">Its body; null if there is no memory for it.</param>
    /// <param name="cancellation">The connection is closed.</param>
    /// <returns>The properties of its stub.</returns>
    public async Task<BasicProperties> TakeAsync(ReadOnlyBasicProperties properties, byte[]? body, CancellationToken cancellation)
    {
        var outcome = body is null ? "there is no memory for its body" : await ParkAsync(properties, body, cancellation);
        var headers = Aside.Copy(properties);
        headers[Header] = outcome ?? (object)body!.Length;
        return new BasicProperties(properties) { Headers = headers };
    }

    /// <summary>Whether a delivery is a stub, and its message is in the error queue already.</summary>
    public static bool IsParked(ReceiveContext context) => Outcome(context) is int;

    /// <summary>Whether a delivery is a stub whose message could not be parked: it has to go back to its queue.</summary>
    public static bool IsStuck(ReceiveContext context) => Outcome(context) is byte[];

    /// <summary>Does nothing if the delivery is no stub.</summary>
    /// <exception cref="InvalidMessageException">It is, and its message is parked.</exception>
    /// <exception cref="ReturnToQueueException">It is, and its message could not be parked.</exception>
    public static void Check(ReceiveContext context, int largest)
    {
        switch (Outcome(context))
        {
            case int size:
                throw BodyReader.TooLarge(size, largest);
            case byte[] problem:
                throw new ReturnToQueueException("cannot be set apart: " + Encoding.UTF8.GetString(problem));
            default:
                return;
        }
    }

    private static object? Outcome(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit)
            && rabbit.Properties.Headers?.TryGetValue(Header, out var value) == true
            ? value
            : null;

    // Null: the broker has it.
    private async Task<string?> ParkAsync(ReadOnlyBasicProperties properties, byte[] body, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(Patience);
        try
        {
            await side.PublishAsync(
                options.ErrorQueue, "", Parked(properties, BodyReader.TooLarge(body.Length, options.MaximumBodySize)), body, bound.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the broker did not confirm it within {Patience.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is RabbitMQ.Client.Exceptions.PublishException or OperationInterruptedException
            or BrokerUnreachableException or IOException or OutOfMemoryException)
        {
            return exception.GetType().Name;
        }
    }

    private BasicProperties Parked(ReadOnlyBasicProperties properties, InvalidMessageException why)
    {
        var headers = Aside.Copy(properties);
        HeaderRoom.Make(headers);

        // As MassTransit marks what it moves.
        headers[MessageHeaders.Reason] = "fault";
        headers[MessageHeaders.FaultExceptionType] = why.GetType().FullName;
        headers[MessageHeaders.FaultMessage] = why.Message;
        headers[MessageHeaders.FaultTimestamp] = time.GetUtcNow().ToString("O");
        var parked = new BasicProperties(properties) { Headers = headers };
        Aside.Put(parked, Aside.Parked);
        return parked;
    }
}
