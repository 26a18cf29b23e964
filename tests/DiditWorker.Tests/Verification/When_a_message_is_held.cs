using DiditWorker.Verification;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_message_is_held
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task It_polls_soon_and_then_every_second()
    {
        var hold = new Hold(_time, TimeSpan.FromHours(1), CancellationToken.None);

        await ShouldTakeAsync(() => hold.PollAsync("x"), 50, 100, 200, 400, 800, 1000, 1000, 1000);
    }

    [Test]
    public async Task It_backs_off_for_as_long_as_it_is_told()
    {
        var hold = new Hold(_time, TimeSpan.FromHours(1), CancellationToken.None);

        await ShouldTakeAsync(() => BackOffAsync(hold, milliseconds: 700), 700);
        await ShouldTakeAsync(() => BackOffAsync(hold, milliseconds: 300_000), 300_000);
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task What_makes_another_attempt_worth_trying_ends_it_early(int which)
    {
        var hold = new Hold(_time, TimeSpan.FromHours(1), CancellationToken.None);
        var others = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var wait = hold.BackOffAsync(TimeSpan.FromMinutes(5), [.. others.Select(o => o.Task)], "x");
        wait.IsCompleted.ShouldBeFalse();

        others[which].SetResult();

        await wait.WaitAsync(Soon);
    }

    [Test]
    public async Task Polls_do_not_begin_anew_after_a_back_off()
    {
        var hold = new Hold(_time, TimeSpan.FromHours(1), CancellationToken.None);

        await ShouldTakeAsync(() => hold.PollAsync("x"), 50, 100);
        await ShouldTakeAsync(() => BackOffAsync(hold, milliseconds: 500), 500);
        await ShouldTakeAsync(() => hold.PollAsync("x"), 200);
    }

    [Test]
    public async Task It_goes_back_to_the_queue_once_held_for_too_long()
    {
        var hold = new Hold(_time, TimeSpan.FromMinutes(10), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        await ShouldTakeAsync(() => hold.PollAsync("x"), 50);

        var returned =
            await Should.ThrowAsync<ReturnToQueueException>(() => BackOffAsync(hold, milliseconds: 500, "Redis cannot be asked"));

        returned.Message.ShouldBe("held for 00:10:00: Redis cannot be asked");
    }

    [Test]
    public async Task It_goes_back_when_the_hold_is_over_and_not_when_the_next_attempt_is_due()
    {
        var hold = new Hold(_time, TimeSpan.FromMinutes(10), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(9));
        var wait = BackOffAsync(hold, milliseconds: 300_000, "500");
        _time.Advance(TimeSpan.FromMilliseconds(59_999));
        wait.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await Should.ThrowAsync<ReturnToQueueException>(() => wait.WaitAsync(Soon))).Message.ShouldBe("held for 00:10:00: 500");
    }

    [Test]
    public async Task An_attempt_that_is_due_just_when_the_hold_is_over_is_made()
    {
        var hold = new Hold(_time, TimeSpan.FromMinutes(10), CancellationToken.None);

        await ShouldTakeAsync(() => BackOffAsync(hold, milliseconds: 600_000), 600_000);
    }

    [Test]
    public async Task A_stop_of_the_worker_ends_it()
    {
        using var stopping = new CancellationTokenSource();
        var hold = new Hold(_time, TimeSpan.FromHours(1), stopping.Token);
        var wait = BackOffAsync(hold, milliseconds: 500);
        wait.IsCompleted.ShouldBeFalse();

        await stopping.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => wait);
        await Should.ThrowAsync<OperationCanceledException>(() => hold.PollAsync("x"));
    }

    [Test]
    public async Task Whether_the_worker_stops_or_has_lost_the_broker_is_told_apart()
    {
        using var stopping = new CancellationTokenSource();
        var hold = new Hold(_time, TimeSpan.FromHours(1), stopping.Token);
        var lost = new CancellationToken(canceled: true);

        hold.WhyInterrupted(lost).ShouldBe("the channel to the broker was closed; the broker delivers it again");
        hold.WhyInterrupted(CancellationToken.None).ShouldBe("it was interrupted");
        await stopping.CancelAsync();

        hold.WhyInterrupted(lost).ShouldBe("the worker stops");
    }

    [Test]
    public async Task It_can_wait_for_something_else_within_the_same_bounds()
    {
        using var stopping = new CancellationTokenSource();
        var hold = new Hold(_time, TimeSpan.FromMinutes(1), stopping.Token);
        CancellationToken given = default;

        await hold.ForAsync(token => { given = token; return Task.CompletedTask; }, "x");

        given.ShouldBe(stopping.Token);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<ReturnToQueueException>(() => hold.ForAsync(_ => throw new InvalidOperationException(), "x"));
    }

    private static Task BackOffAsync(Hold hold, int milliseconds, string why = "x") =>
        hold.BackOffAsync(TimeSpan.FromMilliseconds(milliseconds), [], why);

    private async Task ShouldTakeAsync(Func<Task> wait, params int[] milliseconds)
    {
        foreach (var delay in milliseconds)
        {
            var task = wait();
            _time.Advance(TimeSpan.FromMilliseconds(delay - 1));
            task.IsCompleted.ShouldBeFalse($"before {delay} ms");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await task.WaitAsync(Soon);
        }
    }
}
