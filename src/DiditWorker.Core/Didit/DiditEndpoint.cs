using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>
/// One kind of requests to Didit: what came of them lately, whose fault that is, and whether more make sense now.
/// <see cref="FailurePolicy"/> judges each reply, the circuit (<see cref="DiditPipeline"/>) their number; both close the same
/// <see cref="Gate"/>. Thread-safe.
/// </summary>
public sealed class DiditEndpoint(Operation operation, DiditOptions options, TimeProvider time)
{
    private const int FailuresToTell = 3;
    private readonly Lock _lock = new();
    private readonly LatelySeen _seen = new();
    private FailuresInARow _failures = FailuresInARow.None;

    /// <summary>What it does.</summary>
    public Operation Operation => operation;

    /// <summary>Whether more of it makes sense now.</summary>
    public Gate Gate { get; } = new(time);

    /// <summary>Told when a pause is over, and since when it had been.</summary>
    public Action<DateTimeOffset>? OnReopened { get; set; }

    /// <summary>
    /// What is wrong where requests fail but too few for a pause, as with a single message in the queue: after three in a row with no
    /// success of anybody between. Null otherwise.
    /// </summary>
    public FailuresInARow? Trouble
    {
        get
        {
            lock (_lock)
            {
                return _failures.Count >= FailuresToTell ? _failures : null;
            }
        }
    }

    /// <summary>The circuit opened: too many requests fail, whosever they are.</summary>
    /// <param name="length">For how long.</param>
    public void OpenCircuit(TimeSpan length)
    {
        lock (_lock)
        {
            var latest = _failures.Count > 0 ? $", the latest with: {_failures.Latest}" : "";
            Gate.Close(length, PauseReasons.CircuitOpen, "too many requests to Didit fail" + latest, time.GetUtcNow());
        }
    }

    /// <summary>Judges a reply, and lets the others know.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="reply">What came.</param>
    /// <param name="sent">When the request was sent.</param>
    /// <param name="since">When the message came, or its latest failed request was sent.</param>
    /// <param name="ownWorkflow">Whether the message names a workflow that is not the default one.</param>
    public Verdict Judge(IdempotencyKey key, DiditReply reply, DateTimeOffset sent, DateTimeOffset since, bool ownWorkflow)
    {
        lock (_lock)
        {
            var verdict = FailurePolicy.Judge(operation, reply.Kind, _seen.Note(key, reply, sent, since), ownWorkflow);
            _failures = verdict.Works ? FailuresInARow.None : _failures.And(key, reply.Why);
            if (verdict.Works)
            {
                if (Gate.Succeeded(sent) is { } ended)
                {
                    OnReopened?.Invoke(ended.Since);
                }
            }
            else if (verdict.Pause is { } reason)
            {
                Gate.Close(options.RefusedPause, reason, reply.Why, sent);
            }
            else if (reply.Kind is not (ReplyKind.Throttled or ReplyKind.Conflict))
            {
                Gate.Failed(sent);
            }

            return verdict;
        }
    }
}
