using Microsoft.Extensions.Time.Testing;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

/// <summary>A clock that moves only when told, and can wait until somebody waits on it.</summary>
public sealed class SteppedTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero))
{
    private readonly SemaphoreSlim timers = new(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        timers.Release();
        return timer;
    }

    public async Task SomebodyWaitsAsync() => (await timers.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
}
