using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_attempts_are_noted
{
    private const string Head = "1 P 1.abc owner 0 1795521600000 1795521610000 2 ";
    private static readonly DateTimeOffset Last = DateTimeOffset.FromUnixTimeMilliseconds(1795521600123);

    [Test]
    public void A_note_is_read_as_it_was_written() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.String[Gen.Char[' ', '~'], 0, AttemptNote.MaxErrorLength], Gen.Int[0, 1_000_000])
        .Sample((attempts, error, wait) =>
        {
            var note = new AttemptNote(attempts, error, Last, Last.AddMilliseconds(wait));

            return AttemptNote.Parse(note.ToText()) == note && IdempotencyRecord.Parse(Head + note.ToText()).Note == note;
        });

    [Test]
    public void It_stands_behind_the_head_of_the_record_which_stays_as_it_was()
    {
        var record = IdempotencyRecord.Parse(Head + new AttemptNote(81, "create answered 500", Last, Last).ToText());

        record.Head().ShouldBe(Head);
        (record.Note!.Attempts, record.Note.LastError, record.Attempts).ShouldBe((81, "create answered 500", 2));
    }

    [Test]
    public void An_error_is_one_short_line()
    {
        var note = new AttemptNote(1, "a\r\nb\0\u0085c\ud800d" + new string('x', 500), Last, Last);

        var read = AttemptNote.Parse(note.ToText()).ShouldNotBeNull();

        read.LastError.ShouldStartWith("a  b  c dxxx");
        read.LastError.Length.ShouldBe(AttemptNote.MaxErrorLength);
    }

    [TestCase("")]
    [TestCase("n1")]
    [TestCase("n2 1 1795521600123 1795521600123 500")]
    [TestCase("n1 one 1795521600123 1795521600123 500")]
    [TestCase("n1 -1 1795521600123 1795521600123 500")]
    [TestCase("n1 1 soon 1795521600123 500")]
    [TestCase("n1 1 1795521600123 99999999999999999999 500")]
    [TestCase("n1 1 1795521600123 253402300800000 500")]
    [TestCase("{\"u\":\"x\"}")]
    public void A_damaged_one_is_none(string payload) => IdempotencyRecord.Parse(Head + payload).Note.ShouldBeNull();

    [Test]
    public void One_that_is_too_long_is_none() =>
        AttemptNote.Parse("n1 1 1795521600123 1795521600123 " + new string('x', AttemptNote.MaxErrorLength + 1)).ShouldBeNull();

    [Test]
    public void Random_text_is_a_note_or_none_and_nothing_else() => Gen.OneOf(
            Gen.String,
            Gen.OneOf("n1", "n2", "1", "-1", "1795521600123", "99999999999999999999", "x", "").Array[0, 7].Select(p => string.Join(' ', p)))
        .Sample(text => AttemptNote.Parse(text) is null or { Attempts: >= 0 });

    [TestCase('C')]
    [TestCase('R')]
    public void An_answer_is_no_note(char state) =>
        IdempotencyRecord.Parse($"1 {state} 1.abc owner 0 1795521600000 1795521610000 2 {new AttemptNote(1, "500", Last, Last).ToText()}")
            .Note.ShouldBeNull();
}
