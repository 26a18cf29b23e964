using DiditWorker.Observability;

namespace DiditWorker.Didit;

/// <summary>
/// Whether requests to Didit make sense now. While paused nothing is sent; when the pause is over one message probes, and the rest follow
/// once it has succeeded. Thread-safe.
/// </summary>
public sealed class Availability
{
    // A waiter that missed the signal looks again after this time at the latest.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private Pause? _pause;
    private int _probe;
    private int _probes;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _successes;

    /// <param name="time">The clock.</param>
    /// <param name="metrics">Shows the pause.</param>
    public Availability(TimeProvider time, WorkerMetrics metrics)
    {
        _time = time;
        metrics.ObservePause(() => Current?.Reason, PauseReasons.All);
    }

    /// <summary>A pause.</summary>
    /// <param name="Reason">One of <see cref="PauseReasons"/>.</param>
    /// <param name="Why">For people.</param>
    /// <param name="Since">When it began.</param>
    /// <param name="Until">When a request may probe.</param>
    public sealed record Pause(string Reason, string Why, DateTimeOffset Since, DateTimeOffset Until);

    /// <summary>The pause, if there is one.</summary>
    public Pause? Current
    {
        get
        {
            lock (_lock)
            {
                return _pause;
            }
        }
    }

    /// <summary>How many creates Didit has answered: tells "this message fails" from "everything fails".</summary>
    public long Successes => Interlocked.Read(ref _successes);

    /// <summary>Begins a pause, or prolongs the one there is.</summary>
    public void PauseFor(TimeSpan duration, string reason, string why)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            _pause = new(reason, why, _pause is { } before && before.Reason == reason ? before.Since : now, now + duration);
            _probe = 0;
        }
    }

    /// <summary>Didit answered a create: the pause is over.</summary>
    public void CreateAnswered()
    {
        Interlocked.Increment(ref _successes);
        Resume();
    }

    /// <summary>Didit answered: the pause is over.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (_pause is not null)
            {
                _pause = null;
                _probe = 0;
                Signal();
            }
        }
    }

    /// <summary>Whether this message may send now. The turn must be disposed: a probe that came to nothing lets the next one try.</summary>
    public bool TryEnter(out Turn turn)
    {
        lock (_lock)
        {
            if (_pause is not null && _probe == 0 && _time.GetUtcNow() >= _pause.Until)
            {
                _probe = ++_probes;
                turn = new(this, _probe);
                return true;
            }

            turn = new(this, probe: 0);
            return _pause is null;
        }
    }

    /// <summary>Waits until it is worth trying <see cref="TryEnter"/> again.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        Task changed;
        TimeSpan left;
        lock (_lock)
        {
            if (_pause is null)
            {
                return;
            }

            changed = _changed.Task;
            left = _pause.Until - _time.GetUtcNow();
        }

        left = left < TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : left > LongestLook ? LongestLook : left;
        await Task.WhenAny(changed, Task.Delay(left, _time, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Leave to send.</summary>
    public readonly struct Turn(Availability owner, int probe) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose()
        {
            if (probe != 0)
            {
                lock (owner._lock)
                {
                    // A later probe is not this one's to end.
                    owner._probe = owner._probe == probe ? 0 : owner._probe;
                }
            }
        }
    }
}
