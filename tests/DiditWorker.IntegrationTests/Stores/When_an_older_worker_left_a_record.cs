using DiditWorker.Protocol;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>A rolling upgrade: records of version 1 answer, are taken over and go as ever; those of a later version wait for a worker that knows it.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_an_older_worker_left_a_record(Kind kind) : StoreTest(kind)
{
    private static readonly string[] AnsweredRecords = [RecordsOfVersion1.Completed, RecordsOfVersion1.CompletedWithoutNumber, RecordsOfVersion1.Refused];

    [Test]
    public async Task A_completed_one_answers_a_claim_with_its_session()
    {
        await PutAsync(RecordsOfVersion1.Completed);

        var memory = await Store.ClaimAsync(Key, Fingerprint, Theirs);

        memory.Owned.ShouldBeFalse();
        memory.Record!.State.ShouldBe(RecordState.Completed);
        DiditSession.FromPayload(memory.Record.Payload).ShouldBe(new(
            "b639af63-3b5f-4295-b693-edcf040782d9", 100000, "https://verify.didit.me/session/EDU8p3AYrUwZ", "Not Started",
            "e1a6928f-6508-4ea4-8d41-5f851550970d", new DateTimeOffset(2026, 11, 24, 12, 0, 10, TimeSpan.Zero).AddTicks(645379)));
        (await StoredAsync()).ShouldBe(RecordsOfVersion1.Completed);
    }

    [TestCaseSource(nameof(AnsweredRecords))]
    public async Task An_answered_one_is_never_overwritten(string text)
    {
        await PutAsync(text);

        (await CompleteAsync(Theirs)).ShouldBeFalse();
        (await CompleteAsync(Theirs, "\"no\"", RecordState.Refused)).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(text);
    }

    [TestCaseSource(nameof(AnsweredRecords))]
    public async Task An_answered_one_can_be_forgotten(string text)
    {
        await PutAsync(text);

        (await Store.ForgetAsync(Key, await RecordAsync())).ShouldBeTrue();

        (await StoredAsync()).ShouldBeNull();
    }

    [Test]
    public async Task One_in_progress_is_taken_over_and_completed()
    {
        // Its lease is over, whatever the clock of this machine says.
        await PutAsync(RecordsOfVersion1.InProgress.Replace("1795521730000", "0", StringComparison.Ordinal));

        (await Store.ClaimAsync(Key, Fingerprint, Mine)).Record!.Attempts.ShouldBe(2);
        (await CompleteAsync(Mine)).ShouldBeTrue();

        var stored = (await StoredAsync())!;
        stored.ShouldStartWith($"2 C {Fingerprint} {Mine} 0 1795521600000 ");
        stored.ShouldEndWith($" 3 {Answer}");
    }

    // An older worker knows these as ever, so that it and this one share the queue.
    [Test]
    public async Task What_is_not_completed_stays_of_version_1()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        (await StoredAsync())!.ShouldStartWith("1 P ");

        await Store.RenewAsync(Key, Mine);
        (await StoredAsync())!.ShouldStartWith("1 P ");

        await Store.ReleaseAsync(Key, Mine, Release.Keep);
        (await StoredAsync())!.ShouldStartWith("1 P ");

        (await CompleteAsync(Mine, "\"no\"", RecordState.Refused)).ShouldBeTrue();
        (await StoredAsync())!.ShouldStartWith("1 R ");
    }

    [TestCase('P')]
    [TestCase('C')]
    [TestCase('R')]
    public async Task One_of_a_later_version_is_neither_trusted_nor_forgotten(char state)
    {
        var now = Milliseconds(await NowAsync());
        var later = $"3 {state} {Fingerprint} {Mine} 0 {now} {now} 1 something new";
        await PutAsync(later);

        await Should.ThrowAsync<UnknownRecordException>(() => Store.PeekAsync(Key));
        await Should.ThrowAsync<UnknownRecordException>(() => Store.ClaimAsync(Key, Fingerprint, Theirs));

        // As if it had been looked at by a program that takes it for its own.
        var seen = IdempotencyRecord.Parse("1 P" + later[3..]);
        (await Store.ForgetAsync(Key, seen with { Version = 3, State = state switch { 'P' => RecordState.InProgress, 'C' => RecordState.Completed, _ => RecordState.Refused } }))
            .ShouldBeFalse();

        (await StoredAsync()).ShouldBe(later);
    }
}
