using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>Redis is away here; a lease that another owner has taken over is tested with a real one.</summary>
public sealed class When_the_lease_is_lost
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task Nothing_is_sent_as_long_as_redis_cannot_say_whether_it_lasts()
    {
        await using var didit = new StubbedDidit(_ => Created());
        await using var work = didit.Work(Key);
        work.IsClaimed = true;

        (await didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None)).Kind.ShouldBe(EventKind.LeaseUnknown);

        didit.Requests.ShouldBe(0);
        didit.Pipeline.Creates.Trouble.ShouldBeNull("it says nothing of Didit");
    }

    [Test]
    public async Task Without_a_claim_there_is_none_to_lose()
    {
        await using var didit = new StubbedDidit(_ => Created());
        await using var work = didit.Work(Key);

        var replied = await didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None);

        (replied.Kind, replied.Reply!.Kind, replied.Reply.Session!.Id).ShouldBe((EventKind.Replied, ReplyKind.Answered, "s-1"));
        didit.Requests.ShouldBe(1);
    }

    private static HttpResponseMessage Created() => StubbedDidit.Reply(201, """{"session_id":"s-1","url":"https://v/1"}"""u8.ToArray());
}
