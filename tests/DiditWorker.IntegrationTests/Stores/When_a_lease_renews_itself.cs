using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_lease_renews_itself(Kind kind) : StoreTest(kind)
{
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ThreeSeconds = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Request = TimeSpan.FromSeconds(15);

    [Test]
    public async Task It_outlives_what_was_granted_first()
    {
        await using var lease = NewLease(ThreeSeconds);
        (await lease.ClaimAsync()).Granted.ShouldBe(ThreeSeconds);
        var granted = (await RecordAsync()).LeaseUntil;

        await Eventually.UntilAsync(
            async () => await NowAsync() > granted + (ThreeSeconds / 2), Bound, "the lease as it was granted is over");

        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeFalse();
        (await RecordAsync())
            .ShouldSatisfyAllConditions(
                r => r.Owner.ShouldBe(lease.Owner), r => r.Attempts.ShouldBe(1), r => r.LeaseUntil.ShouldBeGreaterThan(granted));
    }

    [Test]
    public async Task Disposed_it_runs_out()
    {
        var lease = NewLease(ThreeSeconds);
        await lease.ClaimAsync();

        await lease.DisposeAsync();

        (await TakeOverAsync(Theirs)).Record!.Owner.ShouldBe(lease.Owner);
    }

    [Test]
    public async Task With_enough_left_redis_is_not_asked()
    {
        await using var lease = NewLease(Lease);
        await lease.ClaimAsync();
        await PutAsync(RecordOf(Theirs));

        (await lease.EnsureAsync(Request)).ShouldBe(LeaseState.Held);
    }

    [Test]
    public async Task With_too_little_left_it_is_renewed_before_a_request()
    {
        await using var lease = NewLease(Lease);
        var claimed = (await lease.ClaimAsync()).At!.Value;
        var granted = (await RecordAsync()).LeaseUntil;
        await Eventually.UntilAsync(async () => await NowAsync() > claimed + ASecond, Bound, "a second of it is used");

        (await lease.EnsureAsync(Lease - (ASecond / 2))).ShouldBe(LeaseState.Held);

        (await RecordAsync()).LeaseUntil.ShouldBeGreaterThan(granted);
    }

    // A lease that was over and that nobody took is the owner's as before.
    [Test]
    public async Task One_that_is_over_is_taken_up_again_if_nobody_took_it()
    {
        await PutAsync(RecordOf(Mine));
        await using var lease = NewLease(Lease);
        (await lease.ClaimAsync()).Owned.ShouldBeTrue();
        await PutAsync(RecordOf(lease.Owner));

        (await lease.EnsureAsync(Lease - TimeSpan.FromTicks(1))).ShouldNotBe(LeaseState.Lost);

        (await RecordAsync()).LeaseUntil.ShouldBe(await NowAsync() + Lease, Slack);
    }

    [TestCase("another")]
    [TestCase("nobody")]
    [TestCase("answered")]
    [TestCase("another kind of value")]
    public async Task One_that_is_not_the_owners_any_more_is_lost(string who)
    {
        await using var lease = NewLease(Lease);
        await lease.ClaimAsync();
        await Database.KeyDeleteAsync(Name);
        if (who == "another")
            await PutAsync(RecordOf(Theirs));
        if (who == "answered")
            (await CompleteAsync(Theirs)).ShouldBeTrue();
        if (who == "another kind of value")
            await Database.HashSetAsync(Name, "a", "b");

        (await lease.EnsureAsync(Lease)).ShouldBe(LeaseState.Lost);
        (await lease.EnsureAsync(TimeSpan.Zero)).ShouldBe(LeaseState.Lost);
        await Database.KeyDeleteAsync(Name);
    }

    [Test]
    public async Task Released_it_stays_given_back_though_a_renewal_comes_late()
    {
        await using var lease = NewLease(ThreeSeconds);
        await lease.ClaimAsync();
        await lease.ReleaseAsync(ReleaseMode.Keep, note: null);
        var released = await StoredAsync();

        (await Store.RenewAsync(Key, lease.Owner)).ShouldBeNull();
        (await lease.EnsureAsync(TimeSpan.Zero)).ShouldBe(LeaseState.Lost);

        (await StoredAsync()).ShouldBe(released);
        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeTrue();
    }

    [Test]
    public async Task Released_it_can_be_claimed_again_by_the_same_owner()
    {
        await using var lease = NewLease(Lease);
        await lease.ClaimAsync();
        await lease.ReleaseAsync(ReleaseMode.Keep, new(1, "500", await NowAsync(), await NowAsync()));

        var again = await lease.ClaimAsync();

        (again.Owned, again.Record!.Owner, again.Record.Note!.LastError).ShouldBe((true, lease.Owner, "500"));
        (await lease.EnsureAsync(Request)).ShouldBe(LeaseState.Held);
    }

    [Test]
    public async Task Completed_it_holds_nothing_any_more()
    {
        await using var lease = NewLease(Lease);
        await lease.ClaimAsync();

        (await lease.CompleteAsync(RecordState.Completed, await NowAsync(), Answer)).ShouldBeTrue();

        (await lease.EnsureAsync(TimeSpan.Zero)).ShouldBe(LeaseState.Lost);
        (await RecordAsync()).State.ShouldBe(RecordState.Completed);
    }

    [Test]
    public async Task One_that_was_not_given_is_not_renewed()
    {
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        await using var lease = NewLease(Lease);

        (await lease.ClaimAsync()).ShouldSatisfyAllConditions(m => m.Owned.ShouldBeFalse(), m => m.Granted.ShouldBe(TimeSpan.Zero));

        (await lease.EnsureAsync(TimeSpan.Zero)).ShouldBe(LeaseState.Lost);
    }

    private Lease NewLease(TimeSpan length) =>
        new(NewStore(length), Key, Fingerprint, TimeProvider.System, new(TimeProvider.System, NullLogger<RedisTrouble>.Instance));

    private static string RecordOf(string owner) => $"1 P {Fingerprint} {owner} 1795521600000 1795521600000 1795521600000 1 ";
}
