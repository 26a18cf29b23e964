using DiditWorker.Protocol;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// What is known of a create that ended before its reply: whether Didit may have made a session decides what the next delivery does.
/// </summary>
public sealed class When_a_create_is_cut_short
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task It_was_maybe_made_if_it_was_under_way()
    {
        var (arrived, leaving) = (new TaskCompletionSource(), new CancellationTokenSource());
        await using var didit = new StubbedDidit(async (_, cancellation) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException("unreachable");
        });
        await using var work = didit.Work(Key);

        var running = didit.Steps.CreateAsync(work, new(EffectKind.Create), leaving.Token);
        await arrived.Task.WaitAsync(Bound);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(Bound));
        work.MaybeSent.ShouldBeTrue();
        leaving.Dispose();
    }

    [Test]
    public async Task It_was_not_if_nothing_had_gone_out()
    {
        await using var didit = new StubbedDidit(_ => throw new InvalidOperationException("unreachable"));
        await using var work = didit.Work(Key);

        await Should.ThrowAsync<OperationCanceledException>(
            () => didit.Steps.CreateAsync(work, new(EffectKind.Create), new CancellationToken(canceled: true)));

        work.MaybeSent.ShouldBeFalse();
        didit.Requests.ShouldBe(0);
    }

    [Test]
    public async Task It_was_maybe_made_if_no_reply_came_in_time()
    {
        var time = new SteppedTime();
        await using var didit = new StubbedDidit(
            async (_, cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new InvalidOperationException("unreachable");
            },
            time);
        await using var work = didit.Work(Key);

        var running = didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, time.SomebodyWaitsAsync());
            time.Advance(TimeSpan.FromSeconds(10));
        }

        var reply = (await running).Reply!;
        (reply.Kind, reply.MaybeMade, reply.Why).ShouldBe((ReplyKind.Ambiguous, true, "no reply in time"));
        work.MaybeSent.ShouldBeTrue();
    }

    [TestCase(201, false)]
    [TestCase(400, false)]
    [TestCase(429, false)]
    [TestCase(500, true)]
    [TestCase(409, true)]
    public async Task A_reply_tells(int status, bool maybe)
    {
        var time = new SteppedTime();
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(status, """{"session_id":"s-1","url":"https://v/1"}"""u8.ToArray()), time);
        await using var work = didit.Work(Key);

        var running = didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, time.SomebodyWaitsAsync());
            time.Advance(TimeSpan.FromSeconds(30));
        }

        (await running).Kind.ShouldBe(EventKind.Replied);
        work.MaybeSent.ShouldBe(maybe);
    }

    [Test]
    public async Task It_is_too_late_for_one_that_didit_might_have_forgotten()
    {
        var time = new SteppedTime();
        await using var didit = new StubbedDidit(_ => throw new InvalidOperationException("unreachable"), time);
        await using var work = didit.Work(Key);
        var late = new Effect(EffectKind.Create) { NotAfter = time.GetUtcNow() - TimeSpan.FromMilliseconds(1) };

        (await didit.Steps.CreateAsync(work, late, CancellationToken.None)).Kind.ShouldBe(EventKind.TooLate);

        didit.Requests.ShouldBe(0);
    }
}
