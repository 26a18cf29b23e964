using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_key_is_given_back(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task One_that_was_never_sent_is_forgotten()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        (await Store.ReleaseAsync(Key, Mine, ReleaseMode.Forget)).ShouldBeTrue();

        (await StoredAsync()).ShouldBeNull();
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Record.ShouldBeNull();
    }

    [TestCase(ReleaseMode.Keep)]
    [TestCase(ReleaseMode.Uncounted)]
    [TestCase(ReleaseMode.Reset)]
    public async Task One_that_may_have_been_sent_stays_and_the_next_one_need_not_wait(ReleaseMode how)
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        (await Store.ReleaseAsync(Key, Mine, how)).ShouldBeTrue();

        var (_, record, owned) = await Store.ClaimAsync(Key, Fingerprint, Theirs);
        owned.ShouldBeTrue();
        record!.State.ShouldBe(RecordState.InProgress);
        record.LastAttempt.ShouldBe(await NowAsync(), Slack);
    }

    // Mistake 7: what a later owner did not send says nothing of what the earlier one did.
    [Test]
    public async Task What_an_earlier_owner_may_have_sent_is_not_forgotten_with_what_the_later_one_did_not_send()
    {
        await AttemptAsync(Mine, ReleaseMode.Keep);
        await AttemptAsync(Theirs, ReleaseMode.Forget);

        (await Store.ClaimAsync(Key, Fingerprint, "owner-c")).Record.ShouldNotBeNull().Attempts.ShouldBe(1);
    }

    // A delivery keeps its owner token while it waits, for example as long as Didit is paused, and claims again.
    [TestCase(ReleaseMode.Keep)]
    [TestCase(ReleaseMode.Uncounted)]
    [TestCase(ReleaseMode.Reset)]
    [TestCase(ReleaseMode.Forget)]
    public async Task Nor_when_it_is_the_same_delivery_that_claims_again(ReleaseMode how)
    {
        await AttemptAsync(Mine, ReleaseMode.Keep);
        await AttemptAsync(Theirs, how);

        var (_, record, owned) = await Store.ClaimAsync(Key, Fingerprint, Theirs);

        owned.ShouldBeTrue();
        record.ShouldNotBeNull("an attempt of an earlier delivery may have made a session");
    }

    [TestCase(ReleaseMode.Keep, 4)]
    [TestCase(ReleaseMode.Uncounted, 2)]
    [TestCase(ReleaseMode.Forget, 2)]
    [TestCase(ReleaseMode.Reset, 2)]
    public async Task Attempts_are_counted_as_the_release_says(ReleaseMode how, int expected)
    {
        await AttemptAsync("owner-1", ReleaseMode.Keep);
        await AttemptAsync("owner-2", how);
        await AttemptAsync("owner-3", how);

        await Store.ClaimAsync(Key, Fingerprint, "owner-4");

        (await RecordAsync()).Attempts.ShouldBe(expected);
    }

    [Test]
    public async Task A_parked_one_begins_to_count_anew()
    {
        for (var i = 0; i < 9; i++)
            await AttemptAsync($"owner-{i}", ReleaseMode.Keep);
        await AttemptAsync("owner-9", ReleaseMode.Reset);

        (await Store.ClaimAsync(Key, Fingerprint, Mine)).Record!.Attempts.ShouldBe(1);
    }

    private async Task AttemptAsync(string owner, ReleaseMode how)
    {
        (await Store.ClaimAsync(Key, Fingerprint, owner)).Owned.ShouldBeTrue();
        (await Store.ReleaseAsync(Key, owner, how)).ShouldBeTrue();
    }
}
