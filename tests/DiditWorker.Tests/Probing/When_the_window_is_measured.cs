using DiditWorker.Operations.Probe;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

public sealed class When_the_window_is_measured : WindowTest
{
    private void Honour(double hours, RepeatReply reply = RepeatReply.Original) => Didit.Configure(settings => settings with
    {
        Header = HeaderMode.Honoured,
        HeaderWindow = TimeSpan.FromHours(hours),
        RepeatReply = reply,
    });

    [Test]
    public async Task A_window_of_a_day_is_found_from_both_sides()
    {
        Honour(24);

        (await RunAfterAsync(0)).ShouldBe(0);
        Text.ShouldContain("header.window: inconclusive");
        Text.ShouldContain("2026-11-24 13:00:00Z  01:00:00");
        (await RunAfterAsync(1)).ShouldBe(0);
        ShouldBeBetween(1, null);
        (await RunAfterAsync(11)).ShouldBe(0);
        ShouldBeBetween(12, null);

        // Keys of 25, of 24 and of 13 hours.
        (await RunAfterAsync(13)).ShouldBe(0);
        ShouldBeBetween(13, 24);
        Text.ShouldContain("honoured up to an age of 13:00:0");

        // Keys of 34, of 23 and of 10 hours.
        (await RunAfterAsync(10)).ShouldBe(0);
        ShouldBeBetween(23, 24);
        Text.ShouldContain("Didit:IdempotencyWindow at most 23:00:0");
        ShouldHaveLeftNoSession();
    }

    [TestCase(RepeatReply.Original)]
    [TestCase(RepeatReply.Conflict)]
    public async Task A_window_of_an_hour_is_found_however_a_repeat_is_answered(RepeatReply reply)
    {
        Honour(1, reply);

        await RunAfterAsync(0);
        await RunAfterAsync(0.5);
        ShouldBeBetween(0.5, null);

        // Keys of 90 and of 60 minutes.
        (await RunAfterAsync(1)).ShouldBe(0);

        ShouldBeBetween(0.5, 1);
        ShouldHaveLeftNoSession();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task No_window_at_all_is_seen_at_the_second_run(bool honoured)
    {
        Didit.Configure(
            settings => settings with { Header = honoured ? HeaderMode.Honoured : HeaderMode.Ignored, HeaderWindow = TimeSpan.Zero });

        await RunAfterAsync(0);
        (await RunAfterAsync(0.1)).ShouldBe(0);

        ShouldBeBetween(null, 0.1);
        WindowBounds.Of(Memory).ToFinding().Numbers!["atLeast"].ShouldBe(0);
        Text.ShouldContain("follows   a key protects nothing: Didit:LookupBeforeResend Always");
        ShouldHaveLeftNoSession();
    }

    [Test]
    public async Task Each_key_is_repeated_once_since_a_repeat_may_prolong_it()
    {
        Honour(24);
        foreach (var hours in (double[])[0, 1, 2, 4, 8, 16, 3, 0.1])
        {
            await RunAfterAsync(hours);
        }

        // The first use and, of some, the only repeat; controls have a key of their own.
        Didit.Requests.Where(request => request.Operation == DiditOperation.Create)
            .CountBy(request => request.IdempotencyKey!, StringComparer.Ordinal)
            .ShouldAllBe(key => key.Value <= 2);
        WindowBounds.Of(Memory).Honoured.ShouldBeGreaterThan(5);
    }

    [Test]
    public async Task A_repeat_without_a_clear_reply_tells_nothing_and_is_made_again()
    {
        Honour(24);
        await RunAfterAsync(0);
        Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Malformed, Count = 1 });

        (await RunAfterAsync(1)).ShouldBe(1);
        Text.ShouldContain("header.window: inconclusive");
        Notes.ShouldContain("1 repeats and 0 creates were not answered clearly");

        // Fresh keys are taken first; this one is the last of its age. What it shows then counts for its first repeat, which may have
        // prolonged it.
        await RunAfterAsync(1);
        await RunAfterAsync(1);
        var unclear = Memory.Waiting.Single(entry => entry.RepeatedAt is not null);
        await RunAfterAsync(2);
        var entry = Memory.Entries.Single(other => other.Key == unclear.Key);
        entry.LastHonouredAt.ShouldBe(unclear.RepeatedAt);
        ShouldBeBetween(4, null);
        ShouldHaveLeftNoSession();
    }

    [TestCase(FaultKind.Malformed)]
    [TestCase(FaultKind.Empty)]
    [TestCase(FaultKind.StatusAfterCreate)]
    [TestCase(FaultKind.Status)]
    [TestCase(FaultKind.ResetAfterCreate)]
    [TestCase(FaultKind.ResetBeforeCreate)]
    public async Task With_no_clear_reply_at_all_it_says_unclear(FaultKind kind)
    {
        Honour(24);
        await RunAfterAsync(0);
        Didit.AddFault(
            new()
            {
                Operation = DiditOperation.Create, Kind = kind, Status = kind is FaultKind.Status or FaultKind.StatusAfterCreate ? 500
                : null
            });

        (await RunAfterAsync(1)).ShouldBe(1);

        Text.ShouldContain("header.window: inconclusive");
        Notes.ShouldContain("1 repeats and 3 creates were not answered clearly");
        Memory.Entries.Count.ShouldBe(3);
        ShouldHaveLeftNoSession();
    }

    [Test]
    public async Task A_session_that_is_handed_back_for_its_vendor_data_is_not_taken_for_an_honoured_key()
    {
        Didit.AddFault(new() { Operation = DiditOperation.Delete, Kind = FaultKind.Status, Status = 500 });
        (await RunAfterAsync(0)).ShouldBe(1);
        Notes.ShouldContain("could not be deleted");
        Notes.ShouldContain(Didit.Sessions[0].SessionId);

        (await RunAfterAsync(1)).ShouldBe(1);

        Didit.Requests.Last(
            request => request.Operation == DiditOperation.Create && request.IdempotencyKey == Didit.Sessions[0].IdempotencyKey)
            .SessionId.ShouldBe(Didit.Sessions[0].SessionId);
        WindowBounds.Of(Memory).Honoured.ShouldBe(0);
        Text.ShouldContain("header.window: inconclusive");
    }

    [Test]
    public async Task A_409_that_another_key_gets_as_well_is_not_for_the_sake_of_the_key()
    {
        await RunAfterAsync(0);
        Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 409 });

        (await RunAfterAsync(1)).ShouldBe(1);

        WindowBounds.Of(Memory).Honoured.ShouldBe(0);
        Text.ShouldContain("header.window: inconclusive");
    }

    [Test]
    public async Task A_key_that_is_honoured_after_a_younger_one_was_forgotten_is_a_contradiction()
    {
        Honour(24);
        await RunAfterAsync(0);
        Didit.Configure(settings => settings with { Header = HeaderMode.Ignored });
        await RunAfterAsync(1);
        ShouldBeBetween(null, 1);
        Honour(24);

        (await RunAfterAsync(1)).ShouldBe(1);

        WindowBounds.Of(Memory).Contradictory.ShouldBeTrue();
        Text.ShouldContain("header.window: inconclusive");
        Text.ShouldContain("contradicts itself");
        Text.ShouldContain("Another run would tell nothing new now.");
    }

    [TestCase(402)]
    [TestCase(401)]
    public async Task It_stops_at_the_first_sign_of_billing_or_a_refused_key_and_keeps_what_it_knows(int status)
    {
        Honour(24);
        await RunAfterAsync(0);
        await RunAfterAsync(1);
        var sent = Didit.Requests.Count;
        Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = status });

        (await RunAfterAsync(1)).ShouldBe(1);

        Notes.ShouldContain($"Stopped: {status}");
        Didit.Requests.Count.ShouldBe(sent + 1);
        ShouldBeBetween(1, null);
        ShouldHaveLeftNoSession();
    }

    [Test]
    public async Task What_a_killed_run_left_is_deleted_by_the_next()
    {
        Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Malformed, Count = 1 });
        Didit.AddFault(new() { Operation = DiditOperation.List, Kind = FaultKind.Status, Status = 402, Count = 1 });
        (await RunAfterAsync(0)).ShouldBe(1);
        Didit.Sessions.ShouldHaveSingleItem().Deleted.ShouldBeFalse();

        (await RunAfterAsync(1)).ShouldBe(0);

        ShouldHaveLeftNoSession();
        Memory.Entries.Count.ShouldBe(WindowPlan.New);
    }
}
