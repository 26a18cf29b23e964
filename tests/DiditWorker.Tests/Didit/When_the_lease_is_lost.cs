using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_the_lease_is_lost
{
    [Test]
    public async Task Nothing_is_sent()
    {
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(201, """{"session_id":"s-1","url":"https://v/1"}"""u8.ToArray()));
        var attempt = Attempt(keepLease: false);

        (await didit.Creator.RunAsync(attempt, CancellationToken.None)).Kind.ShouldBe(ReplyKind.LeaseLost);

        didit.Requests.ShouldBe(0);
        attempt.MaybeSent.ShouldBeFalse();
    }

    [Test]
    public async Task While_it_is_kept_the_request_goes_out()
    {
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(201, """{"session_id":"s-1","url":"https://v/1"}"""u8.ToArray()));

        (await didit.Creator.RunAsync(Attempt(keepLease: true), CancellationToken.None)).Kind.ShouldBe(ReplyKind.Created);

        didit.Requests.ShouldBe(1);
    }

    private static CreateAttempt Attempt(bool keepLease) => new()
    {
        Request = new(IdempotencyKey.Create("start-verification", "order-1"), "user-1", Classifying.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}""")),
        LookUpFirst = false, NotBefore = null, LastAttempt = null, KeepLease = () => Task.FromResult(keepLease),
    };
}
