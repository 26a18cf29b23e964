using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>A pause of one kind of requests.</summary>
/// <param name="Reason">One of <see cref="PauseReasons"/>.</param>
/// <param name="Why">For people.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When a request may probe.</param>
public sealed record Pause(string Reason, string Why, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>
/// Whether requests of one kind make sense now. While they pause nothing is sent; when the pause is over one message probes, and once it
/// has succeeded the rest follow on a ramp, in their order of precedence: each success admits one more at a time. Thread-safe.
/// </summary>
public sealed class Gate(TimeProvider time)
{
    // As many at a time as the ramp begins with, and at which it ends.
    private const int RampStart = 2;
    private const int RampEnd = 64;

    // A waiter that missed the signal looks again after this time at the latest.
    private static readonly TimeSpan MaxLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();

    private readonly SortedSet<Waiter> _waiting =
        new(Precedence.FirstComesFirst<Waiter>(static waiter => waiter.Precedence, static waiter => waiter.Number));

    // By reason: each ends by itself.
    private readonly Dictionary<string, Pause> _held = new(StringComparer.Ordinal);
    private volatile bool _isHeld;
    private Pause? _pause;
    private TimeSpan _length;

    // When the latest pause began, and when the latest request was sent that succeeded: what was sent before is stale.
    private DateTimeOffset _began;
    private DateTimeOffset _succeeded;
    private int _limit = int.MaxValue;
    private int _inFlight;
    private int _generation;
    private long _sequence;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _reopened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _success;

    /// <summary>The pause, if there is one: a person's first, then another that no reply ends, then one that a probe ends.</summary>
    public Pause? Current
    {
        get
        {
            lock (_lock)
            {
                return _held.GetValueOrDefault(PauseReasons.Operator) ?? _held.Values.FirstOrDefault() ?? _pause;
            }
        }
    }

    /// <summary>Whether these requests pause and no reply ends that.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Ends when the next pause does.</summary>
    public Task Reopened
    {
        get
        {
            lock (_lock)
            {
                return _reopened.Task;
            }
        }
    }

    /// <summary>Ends with the next request that succeeds.</summary>
    public Task Success
    {
        get
        {
            lock (_lock)
            {
                return (_success ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Begins a pause, or makes the one there is longer, never shorter.</summary>
    /// <param name="length">From now on.</param>
    /// <param name="reason">One of <see cref="PauseReasons"/>.</param>
    /// <param name="why">For people.</param>
    /// <param name="sent">When the request was sent that led to it. From before the pause there is, or the latest success, it says nothing
    /// new.</param>
    public void Close(TimeSpan length, string reason, string why, DateTimeOffset sent)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (sent < _succeeded || (_pause is { } before && (sent < before.Since || now + length <= before.Until)))
            {
                return;
            }

            _began = _pause?.Since ?? now;
            _pause = new(reason, why, _began, now + length);
            _length = length;
            LimitTo(1);
        }
    }

    /// <summary>
    /// These requests pause, and no time and no success ends it: a person has said so, or nothing may be sent. Once nothing holds them any
    /// more, those that waited follow on a ramp.
    /// </summary>
    /// <param name="reason">One of <see cref="PauseReasons"/>; there may be one pause of each.</param>
    /// <param name="pause">Null: it is over.</param>
    public void Hold(string reason, Pause? pause)
    {
        lock (_lock)
        {
            _held.Remove(reason);
            if (pause is not null)
            {
                _held.Add(reason, pause);
            }

            var wasHeld = _isHeld;
            _isHeld = _held.Count > 0;
            if (wasHeld && !_isHeld)
            {
                LimitTo(_pause is null ? RampStart : _limit);
                Signal(ref _reopened);
                Signal(ref _changed);
            }
        }
    }

    /// <summary>A request failed: if it was a probe, the pause goes on.</summary>
    /// <param name="sent">When it was sent.</param>
    public void Failed(DateTimeOffset sent)
    {
        lock (_lock)
        {
            if (_pause is { } pause && sent >= pause.Since)
            {
                Close(_length, pause.Reason, pause.Why, sent);
            }
        }
    }

    /// <summary>A request succeeded: a pause that began before it was sent is over, or one more may follow.</summary>
    /// <param name="sent">When it was sent.</param>
    /// <returns>The pause that is over by it; null: there was none, or it goes on.</returns>
    public Pause? Succeeded(DateTimeOffset sent)
    {
        lock (_lock)
        {
            _succeeded = sent > _succeeded ? sent : _succeeded;
            _success?.SetResult();
            _success = null;
            if (_limit == int.MaxValue || sent < _began)
            {
                return null;
            }

            var ended = _pause;
            _limit = ended is not null ? RampStart : _limit + 1 < RampEnd ? _limit + 1 : int.MaxValue;
            if (ended is not null)
            {
                _pause = null;
                Signal(ref _reopened);
            }

            Signal(ref _changed);
            return ended;
        }
    }

    /// <summary>
    /// What stands before these requests has recovered, so that many of them come at once. Unless one of them succeeded meanwhile, they
    /// follow on a ramp as after a pause of their own.
    /// </summary>
    /// <param name="since">When the trouble began.</param>
    public void Ramp(DateTimeOffset since)
    {
        lock (_lock)
        {
            if (_pause is null && _limit == int.MaxValue && _succeeded < since)
            {
                LimitTo(RampStart);
            }
        }
    }

    /// <summary>Whether a request may be sent now. The turn must be disposed: a probe that came to nothing lets the next one try.</summary>
    /// <param name="precedence">Who waits and comes before it goes first.</param>
    /// <param name="turn">Leave to send.</param>
    public bool TryEnter(Precedence precedence, out Turn turn)
    {
        lock (_lock)
        {
            var isFirst = _waiting.Min is not { } first || precedence.IsBefore(first.Precedence);
            return TryEnter(isFirst, out turn);
        }
    }

    /// <summary>Waits until a request may be sent.</summary>
    /// <param name="precedence">Of those that wait the first one enters.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled; no turn is taken.</exception>
    public async Task<Turn> EnterAsync(Precedence precedence, CancellationToken cancellation)
    {
        var waiter = Wait(precedence);
        try
        {
            while (true)
            {
                var (changed, look) = Change();
                if (TryEnter(waiter, out var turn))
                {
                    return turn;
                }

                await Task.WhenAny(changed, Task.Delay(look, time, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Leave(waiter);
        }
    }

    private bool TryEnter(Waiter waiter, out Turn turn)
    {
        lock (_lock)
        {
            return TryEnter(_waiting.Min == waiter, out turn);
        }
    }

    private bool TryEnter(bool isFirst, out Turn turn)
    {
        var admitted = isFirst && !_isHeld && _inFlight < _limit && (_pause is null || time.GetUtcNow() >= _pause.Until);
        turn = new(this, admitted ? _generation : -1);
        _inFlight += admitted ? 1 : 0;
        return admitted;
    }

    private Waiter Wait(Precedence precedence)
    {
        lock (_lock)
        {
            var waiter = new Waiter(precedence, _sequence++);
            _waiting.Add(waiter);
            return waiter;
        }
    }

    // The next one may be the first now.
    private void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            _waiting.Remove(waiter);
            if (_waiting.Count > 0)
            {
                Signal(ref _changed);
            }
        }
    }

    private (Task Changed, TimeSpan Look) Change()
    {
        lock (_lock)
        {
            var left = _pause is null ? MaxLook : _pause.Until - time.GetUtcNow();
            return (_changed.Task, left < ShortestLook ? ShortestLook : left > MaxLook ? MaxLook : left);
        }
    }

    // Who is still under way from before does not stand in the way of who comes now.
    private void LimitTo(int limit)
    {
        _limit = limit;
        _inFlight = 0;
        _generation++;
    }

    private void Leave(int generation)
    {
        lock (_lock)
        {
            if (generation == _generation)
            {
                _inFlight--;
                if (_limit != int.MaxValue)
                {
                    Signal(ref _changed);
                }
            }
        }
    }

    private static void Signal(ref TaskCompletionSource source)
    {
        source.SetResult();
        source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Waiter(Precedence Precedence, long Number);

    /// <summary>Leave to send.</summary>
    public readonly struct Turn(Gate owner, int generation) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose() => owner?.Leave(generation);
    }
}
