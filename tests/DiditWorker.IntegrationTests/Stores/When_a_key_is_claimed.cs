using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_key_is_claimed(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_first_one_owns_it_and_finds_nothing()
    {
        (await Store.PeekAsync(Key)).Memory.Record.ShouldBeNull();

        var memory = await Store.ClaimAsync(Key, Fingerprint, Mine);

        (memory.Record, memory.Owned, memory.Granted).ShouldBe((null, true, Lease));
        var record = await RecordAsync();
        record.ShouldBe(
            new()
            {
                State = RecordState.InProgress,
                Fingerprint = Fingerprint,
                Owner = Mine,
                LeaseUntil = record.FirstAttempt + Lease,
                FirstAttempt = record.FirstAttempt,
                LastAttempt = record.FirstAttempt,
                Attempts = 1,
                Payload = "",
            });
        record.FirstAttempt.ShouldBe(await NowAsync(), Slack);
    }

    [Test]
    public async Task Another_one_is_held_while_the_lease_is_live_and_learns_of_the_first()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        var (available, record, owned) = await Store.ClaimAsync(Key, Fingerprint, Theirs);

        available.ShouldBeTrue();
        owned.ShouldBeFalse();
        record!.Owner.ShouldBe(Mine);
        record.LeaseUntil.ShouldBeGreaterThan(await NowAsync());
    }

    // The reply to the first claim may have been lost: asking again neither counts as an attempt nor as a duplicate. The owner counts the
    // lease from its second question, so Redis must do so too.
    [Test]
    public async Task Its_owner_may_ask_again_and_the_lease_begins_anew()
    {
        var first = await Store.ClaimAsync(Key, Fingerprint, Mine);
        await UntilLaterAsync(first.At!.Value);

        var again = await Store.ClaimAsync(Key, Fingerprint, Mine);

        (again with { At = first.At }).ShouldBe(first);
        var record = await RecordAsync();
        (record.LeaseUntil, record.FirstAttempt, record.Attempts).ShouldBe((again.At!.Value + Lease, first.At!.Value, 1));
        record.LeaseUntil.ShouldBeGreaterThan(first.At.Value + Lease);
    }

    // Mistake 1: a live lease must not be taken for an orphan.
    [Test]
    public async Task Of_many_at_once_exactly_one_owns_it()
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var owners = Enumerable.Range(0, 50).Select(_ => OwnerToken.Create()).ToArray();
        var claims = owners.Select(owner => Task.Run(async () =>
        {
            await start.Task;
            return await Store.ClaimAsync(Key, Fingerprint, owner);
        })).ToArray();

        start.SetResult();
        var memories = await Task.WhenAll(claims);

        var winner = Array.FindIndex(memories, memory => memory.Owned);
        memories.Count(memory => memory.Owned).ShouldBe(1);
        memories[winner].Record.ShouldBeNull();
        memories.Where(memory => !memory.Owned).ShouldAllBe(memory => memory.Record!.Owner == owners[winner]);
        (await RecordAsync()).Attempts.ShouldBe(1);
    }

    // The same race when the owner has died: who comes second must see the new lease.
    [Test]
    public async Task Of_many_heirs_at_once_exactly_one_takes_it_over()
    {
        var first = Milliseconds(await NowAsync() - Lease);
        await PutAsync($"1 P {Fingerprint} {Mine} {first} {first} {first} 1 ");

        var memories = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(() => Store.ClaimAsync(Key, Fingerprint, OwnerToken.Create()))));

        memories.Count(memory => memory.Owned).ShouldBe(1);
        memories.Single(memory => memory.Owned).Record!.Owner.ShouldBe(Mine);
        (await RecordAsync()).Attempts.ShouldBe(2);
    }

    // Mistakes 5 and 6: the fingerprint is there in every state, and is looked at first.
    [Test]
    public async Task Another_payload_is_told_apart_however_far_the_first_one_is()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        (await Store.ClaimAsync(Key, OtherFingerprint, Theirs)).Record!.Fingerprint.ShouldBe(Fingerprint);

        await CompleteAsync(Mine);
        var (_, record, owned) = await Store.ClaimAsync(Key, OtherFingerprint, Theirs);

        owned.ShouldBeFalse();
        record!.Fingerprint.ShouldBe(Fingerprint);
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(Answer);
    }

    [Test]
    public async Task Another_payload_never_takes_over_even_when_the_lease_is_over()
    {
        await NewStore(Brief).ClaimAsync(Key, Fingerprint, Mine);
        var until = (await RecordAsync()).LeaseUntil;
        await Eventually.UntilAsync(async () => await NowAsync() > until, Bound, "the lease is over");
        var stored = await StoredAsync();

        (await Store.ClaimAsync(Key, OtherFingerprint, Theirs)).Owned.ShouldBeFalse();

        (await StoredAsync()).ShouldBe(stored);
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeTrue();
    }
}
