using DiditWorker.Verification;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_message_is_held
{
    private readonly FakeTimeProvider time = new();

    [Test]
    public async Task It_polls_soon_and_then_every_second()
    {
        var hold = new Hold(time, TimeSpan.FromHours(1), CancellationToken.None);

        await ShouldTakeAsync(() => hold.PollAsync("x"), 50, 100, 200, 400, 800, 1000, 1000, 1000);
    }

    [Test]
    public async Task It_backs_off_from_half_a_second_to_five()
    {
        var hold = new Hold(time, TimeSpan.FromHours(1), CancellationToken.None);

        await ShouldTakeAsync(() => hold.BackOffAsync("x"), 500, 1000, 2000, 4000, 5000, 5000);
    }

    [Test]
    public async Task Polling_and_backing_off_grow_apart_from_each_other()
    {
        var hold = new Hold(time, TimeSpan.FromHours(1), CancellationToken.None);

        await ShouldTakeAsync(() => hold.PollAsync("x"), 50, 100);
        await ShouldTakeAsync(() => hold.BackOffAsync("x"), 500);
        await ShouldTakeAsync(() => hold.PollAsync("x"), 200);
    }

    [Test]
    public async Task It_goes_back_to_the_queue_once_held_for_too_long()
    {
        var hold = new Hold(time, TimeSpan.FromMinutes(10), CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        await ShouldTakeAsync(() => hold.PollAsync("x"), 50);

        var returned = await Should.ThrowAsync<ReturnToQueueException>(() => hold.BackOffAsync("Redis cannot be asked"));

        returned.Message.ShouldBe("held for 00:10:00: Redis cannot be asked");
    }

    [Test]
    public async Task A_stop_of_the_worker_ends_it()
    {
        using var stopping = new CancellationTokenSource();
        var hold = new Hold(time, TimeSpan.FromHours(1), stopping.Token);
        var wait = hold.BackOffAsync("x");
        wait.IsCompleted.ShouldBeFalse();

        await stopping.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => wait);
        await Should.ThrowAsync<OperationCanceledException>(() => hold.PollAsync("x"));
    }

    [Test]
    public async Task It_can_wait_for_something_else_within_the_same_bounds()
    {
        using var stopping = new CancellationTokenSource();
        var hold = new Hold(time, TimeSpan.FromMinutes(1), stopping.Token);
        hold.Waited.ShouldBeFalse();
        CancellationToken given = default;

        await hold.ForAsync(token => { given = token; return Task.CompletedTask; }, "x");

        given.ShouldBe(stopping.Token);
        hold.Waited.ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<ReturnToQueueException>(() => hold.ForAsync(_ => throw new InvalidOperationException(), "x"));
    }

    private async Task ShouldTakeAsync(Func<Task> wait, params int[] milliseconds)
    {
        foreach (var delay in milliseconds)
        {
            var task = wait();
            time.Advance(TimeSpan.FromMilliseconds(delay - 1));
            task.IsCompleted.ShouldBeFalse($"before {delay} ms");
            time.Advance(TimeSpan.FromMilliseconds(1));
            await task.WaitAsync(TimeSpan.FromSeconds(5));
        }
    }
}
