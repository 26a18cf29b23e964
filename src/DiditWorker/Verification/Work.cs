using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Verification;

/// <summary>
/// What one delivery holds while it is worked on: its key, its leave to send requests, and the time for which it may be held.
/// </summary>
public sealed class Work(
    Delivery delivery, VerificationRequest request, Hold hold, Lease lease, DiditPipeline pipeline, TimeProvider time) : IAsyncDisposable
{
    private readonly Dictionary<Operation, Gate.Turn> _turns = new(2);

    /// <summary>The delivery.</summary>
    public Delivery Delivery => delivery;

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

    /// <summary>Whether the effect that is under way has sent a create whose outcome is unknown.</summary>
    public bool MaybeSent { get; set; }

    /// <summary>
    /// When the delivery came, or sent its latest request of this kind that failed: only what others achieve after it says something.
    /// </summary>
    public Dictionary<Operation, DateTimeOffset> Since { get; } = new(2)
    {
        [Operation.Create] = time.GetUtcNow(), [Operation.Read] = time.GetUtcNow(),
    };

    /// <summary>Asks for leave to send.</summary>
    public DeliveryEvent Enter(Operation operation)
    {
        if (!_turns.ContainsKey(operation))
        {
            if (!pipeline.Of(operation).Gate.TryEnter(out var turn))
            {
                return Now(EventKind.TurnedAway);
            }

            _turns[operation] = turn;
        }

        return Now(EventKind.Entered);
    }

    /// <summary>Waits for it, with empty hands.</summary>
    public async Task<DeliveryEvent> AwaitTurnAsync(Effect effect)
    {
        Leave();
        await hold.ForAsync(
            async token => _turns[effect.Operation] = await pipeline.Of(effect.Operation).Gate.EnterAsync(token), effect.Reason);
        return Now(EventKind.Entered);
    }

    /// <summary>Waits a little.</summary>
    public async Task<DeliveryEvent> PollAsync(Effect effect)
    {
        Leave();
        await hold.PollAsync(effect.Reason);
        return Now(EventKind.Waited);
    }

    /// <summary>Waits for the next try, or for the end of a pause.</summary>
    public async Task<DeliveryEvent> BackOffAsync(Effect effect)
    {
        Leave();
        await hold.BackOffAsync(effect.Delay, [pipeline.Creates.Gate.Reopened, pipeline.Reads.Gate.Reopened], effect.Reason);
        return Now(EventKind.Waited);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Leave();
        return lease.DisposeAsync();
    }

    private DeliveryEvent Now(EventKind kind) => new(kind, time.GetUtcNow());

    private void Leave()
    {
        foreach (var turn in _turns.Values)
        {
            turn.Dispose();
        }

        _turns.Clear();
    }
}
