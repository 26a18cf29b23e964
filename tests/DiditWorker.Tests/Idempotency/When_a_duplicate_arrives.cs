using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Idempotency.Deciding;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_duplicate_arrives
{
    [TestCase(false)]
    [TestCase(true)]
    public void It_answers_from_the_record(bool maybeAttempted) =>
        Decide(NotTaken(Record(RecordState.Completed)), Aged(1, maybeAttempted)).ShouldBe(Choice.AnswerFromRecord);

    [TestCase(1.0)]
    [TestCase(10 * 1440.0)]
    [TestCase(null)]
    public void Its_age_does_not_matter_once_there_is_an_answer(double? minutes) =>
        Decide(NotTaken(Record(RecordState.Completed)), Aged(minutes, maybeAttempted: true)).ShouldBe(Choice.AnswerFromRecord);

    [Test]
    public void It_answers_from_the_record_even_after_the_last_attempt() =>
        Decide(NotTaken(Record(RecordState.Completed, attempts: 10)), Young).ShouldBe(Choice.AnswerFromRecord);

    [Test]
    public void A_refusal_is_repeated() => Decide(NotTaken(Record(RecordState.Refused)), Young).ShouldBe(Choice.RejectRefused);

    [Test]
    public void To_an_operators_replay_a_refusal_is_no_answer() =>
        Decide(Taken(Record(RecordState.Refused)), Aged(minutes: 1, maybeAttempted: true) with { AsksAgain = true })
            .ShouldBe(Choice.LookUpThenCreate);

    [Test]
    public void It_waits_while_another_delivery_is_at_work() => Decide(NotTaken(Record()), Young).ShouldBe(Choice.WaitForOwner);

    [Test]
    public void It_waits_for_another_delivery_however_often_it_failed() =>
        Decide(NotTaken(Record(attempts: 99)), Aged(99999, maybeAttempted: true)).ShouldBe(Choice.WaitForOwner);

    [Test]
    public void It_waits_where_the_record_cannot_be_read() =>
        Decide(new Memory(Available: true, Record: null, Owned: false), Young).ShouldBe(Choice.WaitForOwner);

    [TestCase(RecordState.InProgress, false)]
    [TestCase(RecordState.InProgress, true)]
    [TestCase(RecordState.Completed, false)]
    [TestCase(RecordState.Refused, false)]
    public void Another_payload_is_rejected_before_anything_else(RecordState state, bool owned)
    {
        var record = Record(state, "1.theirs", attempts: 99);

        var decision = Decision.Make(new Memory(Available: true, record, owned), Young, Defaults, Now);

        decision.Choice.ShouldBe(Choice.RejectMismatch);
        decision.Because.ShouldContain("another payload");
    }

    [Test]
    public void The_reason_holds_nothing_of_the_message() =>
        Decision.Make(NotTaken(Record(RecordState.Completed, "1.theirs")), Young, Defaults, Now).Because.ShouldNotContain("theirs");
}
