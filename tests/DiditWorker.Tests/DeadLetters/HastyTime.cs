namespace DiditWorker.Tests.DeadLetters;

/// <summary>
/// A clock on which every wait is over in a moment, and the time is then later by as much. A moment is a real one, so that what happens at
/// the same time gets its turn.
/// </summary>
internal sealed class HastyTime(DateTimeOffset start) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Waited => new(Interlocked.Read(ref _ticks));

    public override DateTimeOffset GetUtcNow() => start + Waited;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Add(ref _ticks, dueTime.Ticks);
        return new Over(new Timer(callback, state, dueTime: 1, Timeout.Infinite));
    }

    private sealed class Over(Timer moment) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => moment.Dispose();

        public ValueTask DisposeAsync() => moment.DisposeAsync();
    }
}
