using DiditWorker.Protocol;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// Didit goes on with a create that nobody waits for any more, and a look-up would not see its session yet: so nothing ends one early.
/// </summary>
public sealed class When_a_create_is_cut_short
{
    private const string Session = """{"session_id":"s-1","url":"https://v/1"}""";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    private static readonly Exception[] Broken =
    [
        new HttpRequestException(HttpRequestError.ResponseEnded), new HttpRequestException(HttpRequestError.Unknown), new IOException(),
    ];

    [Test]
    public async Task Its_reply_is_waited_for_although_the_delivery_is_cancelled()
    {
        var (arrived, replied, leaving) = (new TaskCompletionSource(), new TaskCompletionSource(), new CancellationTokenSource());
        await using var didit = new StubbedDidit(async (_, cancellation) =>
        {
            arrived.SetResult();
            await replied.Task.WaitAsync(cancellation);
            return Reply(201);
        });
        await using var work = didit.Work(Key);

        var running = didit.Steps.CreateAsync(work, new(EffectKind.Create), leaving.Token);
        await arrived.Task.WaitAsync(Bound);
        await leaving.CancelAsync();
        replied.SetResult();

        (await running.WaitAsync(Bound)).Reply!.Session!.Id.ShouldBe("s-1");
        leaving.Dispose();
    }

    [Test]
    public async Task One_that_has_not_gone_out_is_not_sent_any_more()
    {
        await using var didit = new StubbedDidit(_ => throw new InvalidOperationException("unreachable"));
        await using var work = didit.Work(Key);

        await Should.ThrowAsync<OperationCanceledException>(
            () => didit.Steps.CreateAsync(work, new(EffectKind.Create), new CancellationToken(canceled: true)));

        didit.Requests.ShouldBe(0);
    }

    [Test]
    public async Task Nor_is_one_repeated_that_didit_knows_already()
    {
        var time = new SteppedTime();
        using var leaving = new CancellationTokenSource();
        await using var didit = new StubbedDidit(
            _ =>
            {
                leaving.Cancel();
                return Reply(409);
            },
            time);
        await using var work = didit.Work(Key);

        var reply = (await StepAsync(didit.Steps.CreateAsync(work, new(EffectKind.Create), leaving.Token), time)).Reply!;

        (reply.Kind, reply.Why, didit.Requests).ShouldBe((ReplyKind.Conflict, "409, then the worker stopped", 1));
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

        var reply = (await StepAsync(didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None), time)).Reply!;

        (reply.Kind, reply.MaybeMade, reply.Why).ShouldBe((ReplyKind.Ambiguous, true, "no reply in time"));
    }

    [TestCaseSource(nameof(Broken))]
    public Task Its_time_is_waited_for_where_the_connection_broke(Exception exception) => TakesItsTimeAsync(_ => throw exception);

    [TestCase(408)]
    [TestCase(502)]
    [TestCase(503)]
    [TestCase(504)]
    [TestCase(524)]
    public Task Or_where_a_gateway_gave_up(int status) => TakesItsTimeAsync(_ => Reply(status));

    [TestCase(201, ReplyKind.Answered)]
    [TestCase(400, ReplyKind.Refused)]
    [TestCase(500, ReplyKind.Ambiguous)]
    public async Task But_not_where_didit_is_done_with_it(int status, ReplyKind kind)
    {
        await using var didit = new StubbedDidit(_ => Reply(status), new SteppedTime());
        await using var work = didit.Work(Key);

        (await didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None).WaitAsync(Bound)).Reply!.Kind.ShouldBe(kind);
    }

    [Test]
    public async Task Nor_where_it_did_not_even_reach_it()
    {
        await using var didit = new StubbedDidit(_ => throw new HttpRequestException(HttpRequestError.ConnectionError), new SteppedTime());
        await using var work = didit.Work(Key);

        var replied = await didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None).WaitAsync(Bound);

        replied.Reply!.Kind.ShouldBe(ReplyKind.NotSent);
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

    private static async Task TakesItsTimeAsync(Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        var time = new SteppedTime();
        await using var didit = new StubbedDidit(answer, time);
        await using var work = didit.Work(Key);
        var running = didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None);

        // The clock stands still: whatever did not wait for the time-out would be over by now.
        while (await time.SomebodyWaitsAsync() != AttemptTimeout)
        {
        }

        running.IsCompleted.ShouldBeFalse();
        time.Advance(AttemptTimeout);
        (await running.WaitAsync(Bound)).Reply!.Kind.ShouldBe(ReplyKind.Ambiguous);
    }

    private static async Task<DeliveryEvent> StepAsync(Task<DeliveryEvent> running, SteppedTime time)
    {
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, time.SomebodyWaitsAsync());
            time.Advance(AttemptTimeout);
        }

        return await running;
    }

    private static HttpResponseMessage Reply(int status) => StubbedDidit.Reply(status, System.Text.Encoding.UTF8.GetBytes(Session));
}
