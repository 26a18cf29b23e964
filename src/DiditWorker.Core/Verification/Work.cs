using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Verification;

/// <summary>
/// What one delivery holds while it is worked on: its key, its leave to send requests, and the time for which it may be held.
/// </summary>
public sealed class Work(
    Delivery delivery, VerificationRequest request, Hold hold, Lease lease, DiditPipeline pipeline, RetriedMessages retried,
    TimeProvider time) : IAsyncDisposable
{
    private DateTimeOffset _created = time.GetUtcNow();
    private DateTimeOffset _read = time.GetUtcNow();
    private Gate.Turn? _createTurn;
    private Gate.Turn? _readTurn;

    // Asked for before a request is sent: a pause that ends while it is under way is over when it has failed.
    private (Task Creates, Task Reads)? _reopened;

    /// <summary>The delivery.</summary>
    public Delivery Delivery => delivery;

    /// <summary>Who goes first where others wait as well.</summary>
    public Precedence Precedence { get; } = new(delivery.Urgency, delivery.PublishedBy(time.GetUtcNow()));

    /// <summary>What it asks for.</summary>
    public VerificationRequest Request => request;

    /// <summary>How long it may be held.</summary>
    public Hold Hold => hold;

    /// <summary>The hold on its key.</summary>
    public Lease Lease => lease;

    /// <summary>Of its payload.</summary>
    public string Fingerprint => lease.Fingerprint;

    /// <summary>Whether Redis answered the latest claim: without a claim there is no lease to keep.</summary>
    public bool IsClaimed { get; set; }

    /// <summary>
    /// When the delivery came, or sent its latest request of this kind: only what others achieve after it says something of the next one.
    /// </summary>
    /// <param name="operation">The kind.</param>
    /// <param name="sent">When the request was sent that is the latest from now on.</param>
    public DateTimeOffset SinceLast(Operation operation, DateTimeOffset sent)
    {
        ref var latest = ref operation == Operation.Create ? ref _created : ref _read;
        var before = latest;
        latest = sent;
        return before;
    }

    /// <summary>An attempt at its request has failed, be it one of this delivery or, as its record says, of an earlier one.</summary>
    public void HasFailed(AttemptNote note) =>
        retried.Failed(this, new(delivery.RequestId, delivery.Key, note));

    /// <summary>Asks for leave to send.</summary>
    public DeliveryEvent Enter(Operation operation)
    {
        ref var turn = ref Turn(operation);
        if (turn is null)
        {
            _reopened = Reopened();
            if (!pipeline.Of(operation).Gate.TryEnter(Precedence, out var admitted))
            {
                return Now(EventKind.TurnedAway);
            }

            turn = admitted;
        }

        return Now(EventKind.Entered);
    }

    /// <summary>Waits for it, with empty hands.</summary>
    public async Task<DeliveryEvent> AwaitTurnAsync(Effect effect)
    {
        Leave();
        using var end = EndAt(effect.NotAfter);
        try
        {
            await hold.ForAsync(
                async token =>
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(token, end.Token);
                    var admitted = await pipeline.Of(effect.Operation).Gate.EnterAsync(Precedence, either.Token);
                    Turn(effect.Operation) = admitted;
                    _reopened = Reopened();
                },
                effect.Reason);
            return Now(EventKind.Entered);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return Now(EventKind.Waited);
        }
    }

    /// <summary>Waits, with its key, until Didit is done with a create: stopping ends it as little as it ends a create.</summary>
    public async Task OutlastAsync(DateTimeOffset end)
    {
        Leave();
        if (end - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time);
        }
    }

    /// <summary>Waits a little.</summary>
    public async Task<DeliveryEvent> PollAsync(Effect effect)
    {
        Leave();
        await hold.PollAsync(effect.Reason);
        return Now(EventKind.Waited);
    }

    /// <summary>
    /// Waits for the next try, for the end of a pause, or, where that is long since nobody knows whose fault the failure is, for somebody
    /// else's success.
    /// </summary>
    public async Task<DeliveryEvent> BackOffAsync(Effect effect)
    {
        Leave();
        var (creates, reads) = _reopened ?? Reopened();
        _reopened = null;
        Task[] others = effect.Delay > BackOff.MaxCountedDelay
            ? [creates, reads, pipeline.Of(effect.Operation).Gate.Success]
            : [creates, reads];
        var delay = effect.NotAfter is { } end && Until(end) < effect.Delay ? Until(end) : effect.Delay;
        await hold.BackOffAsync(delay, others, effect.Reason);
        return Now(EventKind.Waited);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Leave();
        retried.Left(this);
        return lease.DisposeAsync();
    }

    /// <summary>How long it may wait for its place in the rate; not negative.</summary>
    public TimeSpan LongestWait(Effect effect) =>
        effect.NotAfter is { } end && Until(end) < hold.Left ? Until(end) : hold.Left;

    private TimeSpan Until(DateTimeOffset end) => end - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    // A timer takes no more than 49 days, and no message is held for that long.
    private CancellationTokenSource EndAt(DateTimeOffset? end) =>
        end is { } at && Until(at) < TimeSpan.FromDays(49) ? new(Until(at), time) : new();

    private DeliveryEvent Now(EventKind kind) => new(kind, time.GetUtcNow());

    private (Task Creates, Task Reads) Reopened() => (pipeline.Creates.Gate.Reopened, pipeline.Reads.Gate.Reopened);

    private ref Gate.Turn? Turn(Operation operation) => ref operation == Operation.Create ? ref _createTurn : ref _readTurn;

    private void Leave()
    {
        _createTurn?.Dispose();
        _readTurn?.Dispose();
        (_createTurn, _readTurn) = (null, null);
    }
}
