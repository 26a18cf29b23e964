using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>What came to other messages lately. Numbers are seconds; a request is known by when it was sent.</summary>
public sealed class When_evidence_is_gathered
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private LatelySeen _seen = new();

    [SetUp]
    public void Forget() => _seen = new();

    [Test]
    public void Alone_it_is_one_in_a_row() => Failed("a", sent: 1).ShouldBe(new OthersLately(Succeeded: false, InARow: 1, AlikeInARow: 1));

    [Test]
    public void One_message_that_fails_again_and_again_is_not_different_messages()
    {
        for (var sent = 1; sent < 100; sent++)
        {
            Failed("a", sent).InARow.ShouldBe(1);
        }
    }

    [Test]
    public void Different_messages_count_each_once()
    {
        Failed("a", sent: 1);
        Failed("b", sent: 2);
        Failed("a", sent: 3).InARow.ShouldBe(2);
        Failed("c", sent: 4).InARow.ShouldBe(3);
    }

    [Test]
    public void Only_replies_of_the_same_kind_and_only_equal_words_are_alike()
    {
        Failed("a", sent: 1, ReplyKind.Refused, "x");
        Failed("b", sent: 2, ReplyKind.Strange, "x");
        Failed("c", sent: 3, ReplyKind.Refused, "y");

        Failed("d", sent: 4, ReplyKind.Refused, "x").ShouldBe(new OthersLately(Succeeded: false, InARow: 3, AlikeInARow: 2));
    }

    [Test]
    public void What_a_message_got_before_is_replaced_by_what_it_gets_now()
    {
        Failed("a", sent: 1, ReplyKind.Refused);
        Failed("a", sent: 2, ReplyKind.Strange);

        Failed("b", sent: 3, ReplyKind.Refused).InARow.ShouldBe(1);
    }

    [Test]
    public void A_success_of_anybody_ends_the_row()
    {
        Failed("a", sent: 1);
        Failed("b", sent: 2);
        Succeeded("c", sent: 3);

        Failed("d", sent: 4).InARow.ShouldBe(1);
    }

    [Test]
    public void A_success_that_was_sent_before_the_failures_ends_no_row()
    {
        Failed("a", sent: 2);
        Succeeded("c", sent: 1);

        Failed("b", sent: 3).InARow.ShouldBe(2);
    }

    [Test]
    public void A_failure_that_was_sent_before_the_latest_success_begins_no_row()
    {
        Succeeded("c", sent: 3);

        Failed("a", sent: 2).ShouldBe(new OthersLately(Succeeded: true, InARow: 0, AlikeInARow: 0));
        Failed("b", sent: 4).InARow.ShouldBe(1);
    }

    [Test]
    public void One_sent_at_the_moment_of_the_success_counts() => AfterSuccess("c", sent: 3, () => Failed("a", sent: 3)).InARow.ShouldBe(1);

    [TestCase(4, 3, true)]
    [TestCase(4, 4, false)]
    [TestCase(4, 5, false)]
    public void Another_one_succeeded_only_if_it_was_sent_after_that(int sent, int since, bool succeeded)
    {
        Succeeded("b", sent);

        Failed("a", sent: 9, since: since).Succeeded.ShouldBe(succeeded);
    }

    [Test]
    public void Its_own_success_says_nothing_of_others()
    {
        Succeeded("a", sent: 4);

        Failed("a", sent: 9).Succeeded.ShouldBeFalse();
        Failed("b", sent: 9).Succeeded.ShouldBeTrue();
    }

    [Test]
    public void Its_own_success_does_not_hide_that_of_another_one()
    {
        Succeeded("b", sent: 3);
        Succeeded("a", sent: 4);
        Succeeded("a", sent: 5);

        Failed("a", sent: 9, since: 2).Succeeded.ShouldBeTrue();
        Failed("a", sent: 9, since: 3).Succeeded.ShouldBeFalse();
    }

    // B's reply took longer than A's.
    [Test]
    public void Nor_does_it_hide_one_whose_reply_comes_late()
    {
        Succeeded("a", sent: 5);
        Succeeded("b", sent: 4);

        Failed("a", sent: 9, since: 3).Succeeded.ShouldBeTrue();
        Failed("a", sent: 9, since: 4).Succeeded.ShouldBeFalse();
    }

    [Test]
    public void A_late_success_does_not_replace_a_later_one_of_another_message()
    {
        Succeeded("a", sent: 5);
        Succeeded("b", sent: 4);
        Succeeded("c", sent: 2);
        Succeeded("a", sent: 3);

        Failed("a", sent: 9, since: 3).Succeeded.ShouldBeTrue();
        Failed("d", sent: 9, since: 4).Succeeded.ShouldBeTrue();
    }

    [TestCase(ReplyKind.Throttled)]
    [TestCase(ReplyKind.Conflict)]
    public void To_be_told_to_wait_is_evidence_of_nothing(ReplyKind kind)
    {
        Failed("a", sent: 1, kind).InARow.ShouldBe(0);
        Succeeded("b", sent: 2);

        Failed("a", sent: 3, kind).Succeeded.ShouldBeTrue();
    }

    [Test]
    public void A_success_is_nobodys_fault() =>
        _seen.Note(Key("a"), new(ReplyKind.Answered, ""), At(1), At(0)).ShouldBe(default(OthersLately));

    [Test]
    public void It_remembers_no_more_than_it_needs()
    {
        for (var i = 1; i <= 1000; i++)
        {
            Failed($"message-{i}", sent: i).InARow.ShouldBe(Math.Min(i, 4 * FailurePolicy.MessagesInARow));
        }
    }

    private OthersLately AfterSuccess(string key, int sent, Func<OthersLately> then)
    {
        Succeeded(key, sent);
        return then();
    }

    private OthersLately Failed(string key, int sent, ReplyKind kind = ReplyKind.Strange, string why = "x", int since = 0) =>
        _seen.Note(Key(key), new(kind, why), At(sent), At(since));

    private void Succeeded(string key, int sent) => _seen.Note(Key(key), new(ReplyKind.Answered, ""), At(sent), At(0));

    private static IdempotencyKey Key(string name) => IdempotencyKey.Create("evidence", name);

    private static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);
}
