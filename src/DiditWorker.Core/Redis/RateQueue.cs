using System.Threading.RateLimiting;
using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>Those that wait for a place in the rate, in their order of precedence, and the places held for them. Thread-safe.</summary>
internal sealed class RateQueue(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<RateWaiter> _waiting = new(RateWaiter.FirstComesFirst);
    private int _owed;
    private Places _held;
    private bool _served;
    private int _pauses;
    private long _sequence;
    private long _granted;
    private long _refused;
    private long _idleSince = time.GetTimestamp();

    /// <summary>Of the places that more and less urgent ones want, as many go to the oldest of the less urgent ones.</summary>
    public int AgeingPercent { get; set; }

    /// <summary>For how long nobody has waited; null while somebody waits.</summary>
    public TimeSpan? IdleDuration
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count > 0 ? null : time.GetElapsedTime(_idleSince);
            }
        }
    }

    /// <summary>Adds one.</summary>
    /// <param name="precedence">Who goes first.</param>
    /// <param name="ended">Checked under the lock, so that nobody is added after <see cref="EndAll"/>.</param>
    /// <param name="unserved">Whether the caller must start the loop that serves the queue.</param>
    /// <exception cref="OperationCanceledException">It has ended.</exception>
    public RateWaiter Add(Precedence precedence, CancellationToken ended, out bool unserved)
    {
        lock (_lock)
        {
            ended.ThrowIfCancellationRequested();
            var waiter = new RateWaiter(precedence, _sequence++);
            _waiting.Add(waiter);
            (unserved, _served) = (!_served, true);
            return waiter;
        }
    }

    /// <summary>Takes one out that leaves. Who has its place by now keeps it.</summary>
    public void Leave(RateWaiter waiter, Action<RateWaiter> end)
    {
        lock (_lock)
        {
            if (_waiting.Remove(waiter))
            {
                _refused++;
                _idleSince = time.GetTimestamp();
                end(waiter);
            }
        }
    }

    /// <summary>Takes out all who wait. The loop is over.</summary>
    public void EndAll(Action<RateWaiter> end)
    {
        lock (_lock)
        {
            _served = false;
            while (_waiting.Min is { } waiter)
            {
                Leave(waiter, end);
            }
        }
    }

    /// <summary>Gives the places that are due to those that wait.</summary>
    /// <param name="now">In microseconds, as the places.</param>
    /// <returns>How many still wait, and for which places. 0: the loop ends, and those places are nobody's.</returns>
    public (int Waiting, Places Held, int Pauses) HandOut(double now)
    {
        lock (_lock)
        {
            _held = _held.Since(now - TimeLine.MaxDelay);
            while (_held.Left > 0 && _held.Next <= now + TimeLine.Step && _waiting.Count > 0)
            {
                var waiter = Next();
                _waiting.Remove(waiter);
                _granted++;
                _idleSince = time.GetTimestamp();
                _held = _held.Rest();
                waiter.Go();
            }

            var held = _held;
            if (_waiting.Count == 0)
            {
                (_held, _served) = (default, false);
            }

            return (_waiting.Count, held, _pauses);
        }
    }

    /// <summary>Holds places that were asked for when there had been so many pauses. After a further one they are worth nothing.</summary>
    public void Hold(Places places, int pauses)
    {
        lock (_lock)
        {
            _held = pauses == _pauses ? places : default;
        }
    }

    /// <summary>A pause begins: what is held, or being asked for at this moment, must not be used.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _pauses++;
            _held = default;
        }
    }

    // The first one, but now and then the oldest of those that are less urgent: else they would wait as long as more urgent ones come.
    private RateWaiter Next()
    {
        var first = _waiting.Min!;
        if (_waiting.Max!.Of.Urgency == first.Of.Urgency)
        {
            return first;
        }

        _owed += AgeingPercent;
        if (_owed < 100)
        {
            return first;
        }

        _owed -= 100;
        return _waiting.Where(waiter => waiter.Of.Urgency < first.Of.Urgency).MinBy(waiter => waiter.Of.Since)!;
    }

    /// <summary>Numbers for whoever watches.</summary>
    public RateLimiterStatistics Statistics()
    {
        lock (_lock)
        {
            return new()
            {
                CurrentAvailablePermits = _held.Left, CurrentQueuedCount = _waiting.Count,
                TotalSuccessfulLeases = _granted, TotalFailedLeases = _refused,
            };
        }
    }
}
