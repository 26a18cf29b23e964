using System.Security.Cryptography;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>What became of the attempts stands in the record while that is in progress, and outlives its owners.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_attempts_are_noted(Kind kind) : StoreTest(kind)
{
    private static readonly AttemptNote Note = new(
        81, "create answered 500", DateTimeOffset.FromUnixTimeMilliseconds(1795521600123),
        DateTimeOffset.FromUnixTimeMilliseconds(1795521660456));

    [TestCase(ReleaseMode.Keep)]
    [TestCase(ReleaseMode.Uncounted)]
    [TestCase(ReleaseMode.Reset)]
    public async Task The_next_owner_reads_the_note(ReleaseMode how)
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, how, Note);

        (await Store.PeekAsync(Key)).Memory.Record!.Note.ShouldBe(Note);
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Note.ShouldBe(Note);
    }

    [Test]
    public async Task It_stays_until_there_is_another_one()
    {
        await NotedAsync(Store);
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        await Store.RenewAsync(Key, Theirs);
        await Store.ReleaseAsync(Key, Theirs, ReleaseMode.Forget);
        (await RecordAsync()).Note.ShouldBe(Note);

        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep, Note with { Attempts = 82, LastError = "it timed out" });

        (await RecordAsync()).Note.ShouldBe(Note with { Attempts = 82, LastError = "it timed out" });
    }

    [Test]
    public async Task It_goes_with_the_answer()
    {
        await NotedAsync(Store);
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        (await CompleteAsync(Mine)).ShouldBeTrue();

        (await StoredAsync())!.ShouldEndWith($" 2 {Answer}");
        (await RecordAsync()).Note.ShouldBeNull();
    }

    [Test]
    public async Task A_record_with_a_note_can_be_forgotten_and_adopted()
    {
        await NotedAsync(Store);
        (await Store.ForgetAsync(Key, await RecordAsync())).ShouldBeTrue();
        (await StoredAsync()).ShouldBeNull();

        await NotedAsync(Store);
        var memory = await Store.ClaimAsync(Key, Fingerprint, Theirs);
        (await Store.CompleteAsync(Key, RecordState.Completed, Fingerprint, Theirs, memory.Record!.FirstAttempt, Answer)).ShouldBeTrue();
    }

    [Test]
    public async Task It_is_encrypted_where_answers_are()
    {
        var encrypting = NewStore(cipher: new(RandomNumberGenerator.GetBytes(32)));

        await NotedAsync(encrypting);

        (await StoredAsync())!.ShouldNotContain("500");
        (await encrypting.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Note.ShouldBe(Note);
    }

    // What only helps must not keep a message waiting.
    [Test]
    public async Task One_that_cannot_be_opened_is_none_and_the_work_goes_on()
    {
        await NotedAsync(NewStore(cipher: new(RandomNumberGenerator.GetBytes(32))));
        await CheckAsync(Store);
        await CheckAsync(NewStore(cipher: new(RandomNumberGenerator.GetBytes(32))));
    }

    [TestCase("gcm1:")]
    [TestCase("gcm1:???")]
    [TestCase("gcm1:AAAA")]
    [TestCase("n1 1 2 3 words of somebody else")]
    [TestCase("{}")]
    [TestCase(" ")]
    public async Task Nor_does_one_stop_it_that_somebody_else_wrote(string payload)
    {
        var refusing = NewStore(cipher: new(() => new AnswerKeys([new byte[32]]), UnencryptedAnswers.Refuse));
        var now = Milliseconds(await NowAsync());
        await PutAsync($"1 P {Fingerprint} {Mine} 0 {now} {now} 1 {payload}");

        await CheckAsync(refusing);
    }

    private async Task CheckAsync(IdempotencyStore store)
    {
        var memory = await store.ClaimAsync(Key, Fingerprint, Theirs);
        (memory.Owned, memory.Record!.Note).ShouldBe((true, null));
        (await store.ReleaseAsync(Key, Theirs, ReleaseMode.Uncounted)).ShouldBeTrue();
    }

    private async Task NotedAsync(IdempotencyStore store)
    {
        (await store.ClaimAsync(Key, Fingerprint, Mine)).Owned.ShouldBeTrue();
        (await store.ReleaseAsync(Key, Mine, ReleaseMode.Keep, Note)).ShouldBeTrue();
    }
}
