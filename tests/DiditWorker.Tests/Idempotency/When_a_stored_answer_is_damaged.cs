using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Idempotency.Deciding;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_stored_answer_is_damaged
{
    private static readonly DiditSession Session = new()
    {
        Id = "11111111-2222-3333-4444-555555555555",
        Number = 7,
        Url = "https://verify.didit.me/session/token",
        Status = "Not Started",
        WorkflowId = "99999999-2222-3333-4444-555555555555",
        CreatedAt = Now,
    };

    [Test]
    public void One_that_is_whole_is_given_on()
    {
        var completed = Taken(Record(RecordState.Completed) with { Payload = Session.ToPayload() });
        var refused = Taken(Record(RecordState.Refused) with { Payload = "\"400 invalid_email\"" });

        StoredAnswer.Checked(completed).ShouldBe(completed);
        StoredAnswer.Checked(refused).ShouldBe(refused);
        StoredAnswer.Refusal(refused.Record!).ShouldBe("400 invalid_email");
    }

    [Test]
    public void A_request_in_progress_and_no_record_hold_none()
    {
        var begun = Taken(Record() with { Payload = "no answer" });

        StoredAnswer.Checked(begun).ShouldBe(begun);
        StoredAnswer.Checked(Fresh).ShouldBe(Fresh);
    }

    [TestCase("")]
    [TestCase("secret")]
    [TestCase("{}")]
    [TestCase("{\"i\":\"secret\"")]
    [TestCase("=||=https://secret|A|=w-1|8df4a2277412000")]
    [TestCase("=secret||=|A|=w-1|8df4a2277412000")]
    public void A_session_that_cannot_be_read_is_no_answer_and_is_not_quoted(string payload) =>
        Should.Throw<FormatException>(() => StoredAnswer.Checked(Taken(Record(RecordState.Completed) with { Payload = payload })))
            .ShouldSatisfyAllConditions(
                exception => exception.Message.ShouldContain("damaged"),
                exception => exception.ToString().ShouldNotContain("secret"));

    [TestCase("")]
    [TestCase("secret")]
    [TestCase("null")]
    [TestCase("{\"a\":\"secret\"}")]
    public void A_refusal_that_cannot_be_read_is_none_and_is_not_quoted(string payload) =>
        Should.Throw<FormatException>(() => StoredAnswer.Checked(Taken(Record(RecordState.Refused) with { Payload = payload })))
            .ShouldSatisfyAllConditions(
                exception => exception.Message.ShouldBe("The stored refusal is damaged."),
                exception => exception.ToString().ShouldNotContain("secret"));
}
