using System.Text;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>By a clock of its own, so that a slow machine cannot do the waiting in place of the worker.</summary>
public sealed class When_a_look_up_comes_first
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task It_waits_for_didits_list_to_catch_up_with_the_latest_attempt()
    {
        var time = new SteppedTime();
        var begun = time.GetUtcNow();
        var asked = new List<DateTimeOffset>();
        await using var didit = new StubbedDidit(
            request =>
            {
                asked.Add(time.GetUtcNow());
                return request.Method == HttpMethod.Post ? Created("second") : List(time.GetUtcNow() - begun >= StubbedDidit.LookupDelay);
            },
            time);

        var running = didit.AnswerAsync(Key, maybeAttempted: true);
        (await time.SomebodyWaitsAsync()).ShouldBe(StubbedDidit.LookupDelay, "for the list, before anything is asked");
        asked.ShouldBeEmpty();
        time.Advance(StubbedDidit.LookupDelay);
        var answer = await DrivenAsync(time, running);

        (answer.Outcome, answer.Session.Id).ShouldBe((DeliveryOutcomes.Adopted, "first"));
        asked.ShouldNotBeEmpty();
        asked.ShouldAllBe(at => at >= begun + StubbedDidit.LookupDelay);
    }

    [Test]
    public async Task It_waits_as_long_as_it_is_told_before_it_asks()
    {
        var time = new SteppedTime();
        await using var didit = new StubbedDidit(_ => List(caughtUp: true), time);
        await using var work = didit.Work(Key);

        var running = didit.Steps.LookUpAsync(work, new(EffectKind.LookUp) { Delay = TimeSpan.FromSeconds(1.5) }, CancellationToken.None);
        (await time.SomebodyWaitsAsync()).ShouldBe(TimeSpan.FromSeconds(1.5));
        didit.Requests.ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(1.5));

        (await DrivenAsync(time, running)).Session!.Id.ShouldBe("first");
    }

    [Test]
    public async Task It_does_not_wait_if_it_need_not()
    {
        await using var didit = new StubbedDidit(_ => List(caughtUp: true));
        await using var work = didit.Work(Key);

        var found = await didit.Steps.LookUpAsync(work, new(EffectKind.LookUp), CancellationToken.None).WaitAsync(Bound);

        (found.Kind, found.Match!.Kind, found.Session!.Id).ShouldBe((EventKind.LookedUp, MatchKind.Adopt, "first"));
    }

    [Test]
    public async Task A_first_delivery_creates_without_one()
    {
        await using var didit = new StubbedDidit(request => request.Method == HttpMethod.Post ? Created("second") : List(caughtUp: true));

        var answer = await didit.AnswerAsync(Key, maybeAttempted: false).WaitAsync(Bound);

        (answer.Outcome, answer.Session.Id, answer.Attempts).ShouldBe((DeliveryOutcomes.Created, "second", 1));
        didit.Requests.ShouldBe(1);
    }

    [Test]
    public async Task One_that_fails_is_judged_as_a_read_and_leaves_creates_alone()
    {
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(401, "{}"u8.ToArray()));

        var failed = await didit.LookUpAsync(Key).WaitAsync(Bound);

        (failed.Kind, failed.Reply!.Kind, failed.Verdict.Counts).ShouldBe((EventKind.Replied, ReplyKind.KeyRefused, false));
        failed.Reply.Why.ShouldBe("look-up: list: 401: Didit refuses the API key");
        didit.Pipeline.Reads.Gate.Current!.Reason.ShouldBe(PauseReasons.CredentialsRefused);
        didit.Pipeline.Creates.Gate.Current.ShouldBeNull();
    }

    [Test]
    public async Task A_session_without_its_url_is_no_answer_yet()
    {
        await using var didit = new StubbedDidit(
            request => StubbedDidit.Reply(200, request.RequestUri!.AbsolutePath.EndsWith("/decision/", StringComparison.Ordinal)
                ? Session("first", url: "null") : [.. """{"next":null,"results":["""u8, .. Session("first", url: "null"), .. "]}"u8]));

        var found = await didit.LookUpAsync(Key).WaitAsync(Bound);

        (found.Kind, found.Match?.Kind, found.Session).ShouldBe((EventKind.LookedUp, MatchKind.Adopt, null));
    }

    // The rate needs the clock as well: whenever somebody waits it moves on.
    private static async Task<T> DrivenAsync<T>(SteppedTime time, Task<T> running)
    {
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, time.SomebodyWaitsAsync());
            time.Advance(TimeSpan.FromSeconds(1));
        }

        return await running;
    }

    private static HttpResponseMessage Created(string id) => StubbedDidit.Reply(201, Session(id));

    private static HttpResponseMessage List(bool caughtUp) =>
        StubbedDidit.Reply(200, [.. """{"next":null,"results":["""u8, .. caughtUp ? Session("first") : [], .. "]}"u8]);

    private static byte[] Session(string id, string url = "\"https://v/1\"") =>
        Encoding.UTF8.GetBytes($$"""{"metadata":{"diditworker_key":"{{Key}}"},"session_id":"{{id}}","url":{{url}},"status":"Approved"}""");
}
