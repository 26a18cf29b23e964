using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>An operator's release: only what was looked at goes, and only while nobody works on it.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_record_is_forgotten(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task An_ambiguous_one_goes_and_the_next_claim_is_the_first()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);

        (await Store.ForgetAsync(Key, await RecordAsync())).ShouldBeTrue();

        (await StoredAsync()).ShouldBeNull();
        (await Store.ClaimAsync(Key, OtherFingerprint, Theirs)).ShouldSatisfyAllConditions(
            memory => memory.Owned.ShouldBeTrue(), memory => memory.Record.ShouldBeNull());
    }

    [TestCase(RecordState.Completed)]
    [TestCase(RecordState.Refused)]
    public async Task An_answered_one_goes(RecordState state)
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        (await CompleteAsync(Mine, Answer, state)).ShouldBeTrue();

        (await Store.ForgetAsync(Key, await RecordAsync())).ShouldBeTrue();

        (await StoredAsync()).ShouldBeNull();
    }

    [Test]
    public async Task One_that_is_encrypted_goes_too()
    {
        var cipher = new AnswerCipher(new byte[32]);
        var store = NewStore(cipher: cipher);
        await store.ClaimAsync(Key, Fingerprint, Mine);
        await store.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, DateTimeOffset.UtcNow, Answer);

        (await store.ForgetAsync(Key, (await store.PeekAsync(Key)).Memory.Record!)).ShouldBeTrue();

        (await StoredAsync()).ShouldBeNull();
    }

    [Test]
    public async Task One_with_a_live_lease_stays()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        var stored = await StoredAsync();

        (await Store.ForgetAsync(Key, await RecordAsync())).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(stored);
        (await CompleteAsync(Mine)).ShouldBeTrue();
    }

    [Test]
    public async Task One_that_somebody_claimed_since_stays()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);
        var seen = await RecordAsync();
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeTrue();
        await Store.ReleaseAsync(Key, Theirs, ReleaseMode.Keep);
        var stored = await StoredAsync();

        (await Store.ForgetAsync(Key, seen)).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(stored);
    }

    [Test]
    public async Task One_that_was_answered_since_stays()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);
        var seen = await RecordAsync();
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        (await CompleteAsync(Theirs)).ShouldBeTrue();

        (await Store.ForgetAsync(Key, seen)).ShouldBeFalse();

        (await RecordAsync()).State.ShouldBe(RecordState.Completed);
    }

    [Test]
    public async Task One_that_is_gone_is_not_said_to_have_been_forgotten()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);
        var seen = await RecordAsync();
        (await Store.ForgetAsync(Key, seen)).ShouldBeTrue();

        (await Store.ForgetAsync(Key, seen)).ShouldBeFalse();
    }

    [Test]
    public async Task One_of_another_version_stays()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);
        var seen = await RecordAsync();
        var newer = "3" + (await StoredAsync())![1..];
        await PutAsync(newer);

        (await Store.ForgetAsync(Key, seen)).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(newer);
    }

    [Test]
    public async Task A_claim_at_the_same_moment_comes_wholly_before_or_wholly_after()
    {
        for (var round = 0; round < 100; round++)
        {
            NewKey();
            await Store.ClaimAsync(Key, Fingerprint, Mine);
            await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);
            var seen = await RecordAsync();

            var forget = Store.ForgetAsync(Key, seen);
            var claim = Store.ClaimAsync(Key, Fingerprint, Theirs);

            // Either way the claim stands; it knows of the attempt unless that was forgotten before.
            var memory = await claim;
            memory.Owned.ShouldBeTrue();
            (memory.Record is null).ShouldBe(await forget);
            (await RecordAsync()).Owner.ShouldBe(Theirs);
        }
    }
}
