using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace DiditWorker.Tests.Simulator;

/// <summary>A clock that moves only when told, and can wait until somebody waits on it.</summary>
public sealed class SteppedTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits for the next timer that somebody starts.</summary>
    /// <returns>How long that one takes.</returns>
    public Task<TimeSpan> SomebodyWaitsAsync() => _timers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
}
