using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_record_is_read
{
    private const string Good = "1 P 1.abc owner 1795521720000 1795521600000 1795521610000 2 ";

    [Test]
    public void A_claimed_one_has_all_its_fields() => IdempotencyRecord.Parse(Good).ShouldBe(new IdempotencyRecord
    {
        State = RecordState.InProgress,
        Fingerprint = "1.abc",
        Owner = "owner",
        LeaseUntil = At(120),
        FirstAttempt = At(0),
        LastAttempt = At(10),
        Attempts = 2,
        Payload = "",
    });

    [TestCase("C", RecordState.Completed)]
    [TestCase("R", RecordState.Refused)]
    public void An_answered_one_keeps_its_answer_to_the_last_blank(string letter, RecordState state)
    {
        var record = IdempotencyRecord.Parse($"1 {letter} 1.abc owner 0 1795521600000 1795521600000 1 {{\"u\": \"a b\"}}  ");

        record.State.ShouldBe(state);
        record.Payload.ShouldBe("{\"u\": \"a b\"}  ");
        record.LeaseUntil.ShouldBe(DateTimeOffset.UnixEpoch);
        record.Fingerprint.ShouldBe("1.abc");
    }

    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", "")]
    [TestCase("1 R 1.abc owner 0 1795521600000 1795521610000 10 ", "\"no\"")]
    [TestCase("1 C 1.abc owner 0 1795521600000 1795521610000 1 ", "=s-1||=a b|N|=w|8df4a227d40da03")]
    public void Its_head_is_what_stands_there_before_the_payload(string head, string payload) =>
        IdempotencyRecord.Parse(head + payload).Head().ShouldBe(head);

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("1")]
    [TestCase("{}")]
    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 1795521610000 2", TestName = "No payload")]
    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 1795521610000 ", TestName = "No attempts")]
    [TestCase("2 P 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", TestName = "A newer version")]
    [TestCase("2 C 1.abc owner 0 1795521600000 1795521610000 2 =s-1", TestName = "An answer of a newer version")]
    [TestCase("01 P 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", TestName = "A version that only looks alike")]
    [TestCase("1 X 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", TestName = "An unknown state")]
    [TestCase("1 p 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", TestName = "A state in lower case")]
    [TestCase("1 P 1.abc owner soon 1795521600000 1795521610000 2 ", TestName = "A lease that is no time")]
    [TestCase("1 P 1.abc owner 1795521720000 -1 1795521610000 2 ", TestName = "A negative time")]
    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 253402300800000 2 ", TestName = "A time beyond the year 9999")]
    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 99999999999999999999 2 ", TestName = "A time beyond 64 bits")]
    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 1795521610000 two ", TestName = "Attempts that are no number")]
    [TestCase("1 P 1.abc owner 1795521720000 1795521600000 1795521610000 9999999999 ", TestName = "Attempts beyond 32 bits")]
    [TestCase("1  P 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", TestName = "A blank too many")]
    [TestCase("\u00001 P 1.abc owner 1795521720000 1795521600000 1795521610000 2 ", TestName = "Something before it")]
    public void A_damaged_or_foreign_one_is_unknown(string text) =>
        Should.Throw<UnknownRecordException>(() => IdempotencyRecord.Parse(text)).Message.ShouldContain("unknown format");

    [Test]
    public void Random_text_is_read_or_unknown_and_nothing_else() => Gen.OneOf(
            Gen.String,
            Gen.OneOf("1", "2", "3", "P", "C", "", "-1", "1.abc", "1795521600000", "253402300799999", "99999999999999999999", "x")
                .Array[0, 11].Select(p => string.Join(' ', p)),
            Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Char.AlphaNumeric, (at, c) => Good[..at] + c + Good[(at + 1)..]))
        .Sample(
            text =>
            {
                try
                {
                    return IdempotencyRecord.Parse(text).Attempts >= 0;
                }
                catch (UnknownRecordException)
                {
                    return true;
                }
            },
            iter: 2000);

    private static DateTimeOffset At(int seconds) => DateTimeOffset.FromUnixTimeSeconds(1795521600 + seconds);
}
