using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_lease_is_over(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_next_one_takes_over_and_learns_of_the_attempt()
    {
        await NewStore(Brief).ClaimAsync(Key, Fingerprint, Mine);
        var before = await RecordAsync();

        var memory = await TakeOverAsync(Theirs);

        memory.Record.ShouldBe(before);
        var after = await RecordAsync();
        (after.Owner, after.Attempts, after.FirstAttempt).ShouldBe((Theirs, 2, before.FirstAttempt));
        after.LastAttempt.ShouldBeGreaterThanOrEqualTo(before.LeaseUntil);
    }

    // Mistake 3: a late finisher overwrites or deletes the new owner's record.
    [Test]
    public async Task The_old_owner_can_do_nothing_any_more()
    {
        await NewStore(Brief).ClaimAsync(Key, Fingerprint, Mine);
        await TakeOverAsync(Theirs);
        var stored = await StoredAsync();

        (await Store.RenewAsync(Key, Mine)).ShouldBeNull();
        (await CompleteAsync(Mine)).ShouldBeFalse();
        (await CompleteAsync(Mine, "\"no\"", RecordState.Refused)).ShouldBeFalse();
        foreach (var how in Enum.GetValues<ReleaseMode>())
            (await Store.ReleaseAsync(Key, Mine, how)).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(stored);
        (await CompleteAsync(Theirs)).ShouldBeTrue();
    }

    // Mistake 4: no time left must not mean that nobody may ever go on.
    [Test]
    public async Task An_owner_that_renews_keeps_it_and_one_that_died_does_not_block_it_for_good()
    {
        await NewStore(Brief).ClaimAsync(Key, Fingerprint, Mine);
        (await Store.RenewAsync(Key, Mine)).ShouldNotBeNull();
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeFalse();

        (await NewStore(Brief).RenewAsync(Key, Mine)).ShouldNotBeNull();

        (await TakeOverAsync(Theirs)).Record!.Owner.ShouldBe(Mine);
    }

    [Test]
    public async Task Every_take_over_counts()
    {
        var brief = NewStore(Brief);
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var owner = $"owner-{attempt}";
            await Eventually.UntilAsync(
                async () => (await brief.ClaimAsync(Key, Fingerprint, owner)).Owned, Bound, $"attempt {attempt} begins");
            (await RecordAsync()).Attempts.ShouldBe(attempt);
        }
    }
}
