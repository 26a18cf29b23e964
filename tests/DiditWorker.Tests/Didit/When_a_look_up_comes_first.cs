using System.Text;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>By a clock of its own, so that a slow machine cannot do the waiting in place of the worker.</summary>
public sealed class When_a_look_up_comes_first
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task It_waits_for_didits_list_to_catch_up_with_the_latest_attempt()
    {
        var time = new SteppedTime();
        var last = time.GetUtcNow() - TimeSpan.FromSeconds(0.5);
        var asked = new List<DateTimeOffset>();
        await using var didit = new StubbedDidit(
            request =>
            {
                asked.Add(time.GetUtcNow());
                return request.Method == HttpMethod.Post ? StubbedDidit.Reply(201, Session("second")) : List(time.GetUtcNow() - last >= StubbedDidit.LookupDelay);
            },
            time);

        var running = didit.Creator.RunAsync(Attempt(last), CancellationToken.None);
        (await time.SomebodyWaitsAsync()).ShouldBe(TimeSpan.FromSeconds(1.5), "for the list, before anything is asked");
        time.Advance(TimeSpan.FromSeconds(1.5));
        var reply = await running.WaitAsync(Bound);

        (reply.Kind, reply.Session?.Id).ShouldBe((ReplyKind.Adopted, "first"));
        asked.Distinct().ShouldBe([last + StubbedDidit.LookupDelay]);
    }

    [Test]
    public async Task It_does_not_wait_if_the_latest_attempt_is_long_past()
    {
        var time = new SteppedTime();
        await using var didit = new StubbedDidit(_ => List(caughtUp: true), time);

        var reply = await didit.Creator.RunAsync(Attempt(time.GetUtcNow() - StubbedDidit.LookupDelay), CancellationToken.None).WaitAsync(Bound);

        reply.Kind.ShouldBe(ReplyKind.Adopted);
    }

    private static HttpResponseMessage List(bool caughtUp) =>
        StubbedDidit.Reply(200, [.. """{"next":null,"results":["""u8, .. caughtUp ? Session("first") : [], .. "]}"u8]);

    private static byte[] Session(string id) =>
        Encoding.UTF8.GetBytes($$"""{"metadata":{"diditworker_key":"{{Key}}"},"session_id":"{{id}}","url":"https://v/{{id}}","status":"Approved"}""");

    private static CreateAttempt Attempt(DateTimeOffset last) => new()
    {
        Request = new(Key, "user-1", Classifying.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}""")),
        LookUpFirst = true, NotBefore = null, LastAttempt = last, KeepLease = () => Task.FromResult(true),
    };
}
