using DiditWorker.Observability;

namespace DiditWorker.Didit;

/// <summary>
/// Whether requests to Didit make sense now. While paused nothing is sent; when the pause is over one message probes, and once it has
/// succeeded the rest follow on a ramp: each success admits one more at a time. Thread-safe.
/// </summary>
public sealed class Availability
{
    // As many at a time as the ramp begins with, and at which it ends.
    private const int RampStart = 2;
    private const int RampEnd = 64;

    private const int FailuresToTell = 3;

    // A waiter that missed the signal looks again after this time at the latest.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private Pause? _pause;
    private int _limit = int.MaxValue;
    private int _inFlight;
    private int _generation;
    private int _failures;
    private string _lastFailure = "";
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

    /// <summary>
    /// What is wrong where attempts fail but too few for a pause, as with a single message in the queue: after three in a row with no success
    /// of anybody between. None otherwise.
    /// </summary>
    public string? Trouble
    {
        get
        {
            lock (_lock)
            {
                return _failures >= FailuresToTell ? $"the last {_failures} attempts failed, the latest with: {_lastFailure}" : null;
            }
        }
    }

    /// <summary>Whether <see cref="TryEnter"/> would admit a message now.</summary>
    public bool MayEnter
    {
        get
        {
            lock (_lock)
            {
                return IsOpen;
            }
        }
    }

    /// <summary>How many creates Didit has answered: tells "this message fails" from "everything fails".</summary>
    public long Successes => Interlocked.Read(ref _successes);

    private bool IsOpen => _inFlight < _limit && (_pause is null || _time.GetUtcNow() >= _pause.Until);

    /// <summary>Begins a pause, or prolongs the one there is.</summary>
    public void PauseFor(TimeSpan duration, string reason, string why)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            _pause = new(reason, why, _pause is { } before && before.Reason == reason ? before.Since : now, now + duration);
            _limit = 1;

            // Who is still under way from before does not stand in the way of the probe.
            _inFlight = 0;
            _generation++;
        }
    }

    /// <summary>Didit answered a create: the pause is over.</summary>
    public void CreateAnswered()
    {
        Interlocked.Increment(ref _successes);
        Resume();
    }

    /// <summary>An attempt came to nothing.</summary>
    /// <param name="why">For people; safe to show.</param>
    public void Failed(string why)
    {
        lock (_lock)
        {
            _failures++;
            _lastFailure = why;
        }
    }

    /// <summary>Didit answered: the pause is over, or one more may follow.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _failures = 0;
            if (_limit == int.MaxValue)
            {
                return;
            }

            _limit = _pause is not null ? RampStart : _limit + 1 < RampEnd ? _limit + 1 : int.MaxValue;
            _pause = null;
            Signal();
        }
    }

    /// <summary>Whether this message may send now. The turn must be disposed: a probe that came to nothing lets the next one try.</summary>
    public bool TryEnter(out Turn turn)
    {
        lock (_lock)
        {
            var admitted = IsOpen;
            turn = new(this, admitted ? _generation : -1);
            _inFlight += admitted ? 1 : 0;
            return admitted;
        }
    }

    /// <summary>Waits until it is worth trying <see cref="TryEnter"/> again.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        Task changed;
        TimeSpan left;
        lock (_lock)
        {
            if (_pause is null && _inFlight < _limit)
            {
                return;
            }

            changed = _changed.Task;
            left = _pause is null ? LongestLook : _pause.Until - _time.GetUtcNow();
        }

        left = left < TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : left > LongestLook ? LongestLook : left;
        await Task.WhenAny(changed, Task.Delay(left, _time, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    private void Leave(int generation)
    {
        lock (_lock)
        {
            if (generation != _generation)
            {
                return;
            }

            _inFlight--;
            if (_limit != int.MaxValue)
            {
                Signal();
            }
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Leave to send.</summary>
    public readonly struct Turn(Availability owner, int generation) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose() => owner.Leave(generation);
    }
}
