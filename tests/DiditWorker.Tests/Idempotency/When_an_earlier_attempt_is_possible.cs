using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Idempotency.Deciding;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_an_earlier_attempt_is_possible
{
    private const double Inside = 60;
    private const double Outside = 2 * 1440;

    [Test]
    public void Nothing_suggests_one_for_a_fresh_message() => Decide(Fresh, Young).ShouldBe(Choice.Create);

    [TestCase(LookupBeforeResend.Always, Inside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Always, Outside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.OutsideWindow, Inside, Choice.Resend)]
    [TestCase(LookupBeforeResend.OutsideWindow, Outside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Never, Inside, Choice.Resend)]
    [TestCase(LookupBeforeResend.Never, Outside, Choice.ParkAmbiguous)]
    public void The_first_attempt_of_the_record_tells_its_age(LookupBeforeResend lookup, double firstMinutesAgo, Choice outcome) =>
        Decide(Taken(Record(firstMinutesAgo: firstMinutesAgo)), Young, Defaults with { Lookup = lookup }).ShouldBe(outcome);

    [TestCase(LookupBeforeResend.Always, Inside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Always, Outside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Always, null, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.OutsideWindow, Inside, Choice.Resend)]
    [TestCase(LookupBeforeResend.OutsideWindow, Outside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.OutsideWindow, null, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Never, Inside, Choice.Resend)]
    [TestCase(LookupBeforeResend.Never, Outside, Choice.ParkAmbiguous)]
    public void A_redelivered_message_without_a_record_tells_its_own_age(LookupBeforeResend lookup, double? minutes, Choice outcome) =>
        Decide(Fresh, Aged(minutes, maybeAttempted: true), Defaults with { Lookup = lookup }).ShouldBe(outcome);

    [TestCase(LookupBeforeResend.Always, Outside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Always, null, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.OutsideWindow, Outside, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.OutsideWindow, null, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Never, Outside, Choice.ParkAmbiguous)]
    public void An_old_message_or_one_of_unknown_age_is_not_created_blindly(LookupBeforeResend lookup, double? minutes, Choice outcome) =>
        Decide(Fresh, Aged(minutes), Defaults with { Lookup = lookup }).ShouldBe(outcome);

    [TestCase(false, Choice.Resend)]
    [TestCase(true, Choice.ParkAmbiguous)]
    public void One_of_unknown_age_goes_out_without_a_look_up_only_if_nothing_else_suggests_an_attempt(
        bool maybeAttempted, Choice outcome) =>
        Decide(Fresh, Aged(minutes: null, maybeAttempted), Defaults with { Lookup = LookupBeforeResend.Never }).ShouldBe(outcome);

    [Test]
    public void The_older_of_record_and_message_counts()
    {
        var settings = Defaults with { Lookup = LookupBeforeResend.OutsideWindow };

        Decide(Taken(Record(firstMinutesAgo: Inside)), Aged(Outside), settings).ShouldBe(Choice.LookUpThenCreate);
        Decide(Taken(Record(firstMinutesAgo: Outside)), Aged(Inside), settings).ShouldBe(Choice.LookUpThenCreate);
        Decide(Taken(Record(firstMinutesAgo: Inside)), Aged(Inside), settings).ShouldBe(Choice.Resend);
    }

    // The record may be of a claim that came after one whose record is gone.
    [TestCase(LookupBeforeResend.OutsideWindow, Choice.LookUpThenCreate)]
    [TestCase(LookupBeforeResend.Never, Choice.Resend)]
    public void The_record_alone_does_not_tell_that_didit_still_remembers(LookupBeforeResend lookup, Choice outcome) =>
        Decide(Taken(Record(firstMinutesAgo: Inside)), Aged(minutes: null), Defaults with { Lookup = lookup }).ShouldBe(outcome);

    // 1435 minutes are a day less the margin.
    [TestCase(1434.9, Choice.Create)]
    [TestCase(1435.0, Choice.LookUpThenCreate)]
    public void The_window_is_taken_to_be_shorter_by_the_margin(double minutes, Choice outcome) =>
        Decide(Fresh, Aged(minutes)).ShouldBe(outcome);

    [TestCase(-4.9, Choice.Create)]
    [TestCase(-5.1, Choice.LookUpThenCreate)]
    [TestCase(-99999.0, Choice.LookUpThenCreate)]
    public void A_publisher_whose_clock_is_far_ahead_says_nothing_about_the_age(double minutes, Choice outcome) =>
        Decide(Fresh, Aged(minutes)).ShouldBe(outcome);

    [TestCase(1.0, false, LookupBeforeResend.Always, Choice.Create)]
    [TestCase(6.0, false, LookupBeforeResend.Always, Choice.LookUpThenCreate)]
    [TestCase(1.0, true, LookupBeforeResend.Always, Choice.LookUpThenCreate)]
    [TestCase(1.0, true, LookupBeforeResend.OutsideWindow, Choice.LookUpThenCreate)]
    [TestCase(null, false, LookupBeforeResend.OutsideWindow, Choice.LookUpThenCreate)]
    public void Didit_remembers_nothing_with_a_window_of_zero(
        double? minutes, bool maybeAttempted, LookupBeforeResend lookup, Choice outcome) =>
        Decide(Fresh, Aged(minutes, maybeAttempted), Defaults with { Window = TimeSpan.Zero, Lookup = lookup }).ShouldBe(outcome);

    [Test]
    public void A_taken_over_record_is_never_resent_with_a_window_of_zero() => Decide(
        Taken(Record(firstMinutesAgo: 0)), Young, Defaults with { Window = TimeSpan.Zero, Lookup = LookupBeforeResend.OutsideWindow })
        .ShouldBe(Choice.LookUpThenCreate);

    [TestCase(9, Choice.LookUpThenCreate)]
    [TestCase(10, Choice.ParkExhausted)]
    [TestCase(11, Choice.ParkExhausted)]
    public void It_is_parked_after_the_last_attempt(int attempts, Choice outcome) =>
        Decide(Taken(Record(attempts: attempts)), Young).ShouldBe(outcome);
}
