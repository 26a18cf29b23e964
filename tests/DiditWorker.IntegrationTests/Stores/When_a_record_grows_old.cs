using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>The TTL counts from the first attempt. Nothing makes it longer, but no record dies before the lease that it grants.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_record_grows_old(Kind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(10);

    private static readonly string[] Operations = ["claim", "renew", "complete", "refuse", "Forget", "Keep", "Uncounted", "Reset"];

    [TestCaseSource(nameof(Operations))]
    public async Task Nothing_slides_its_end(string operation)
    {
        await SeedAsync(Age, attempts: 2);

        await RunAsync(Store, operation);

        (await TimeToLiveAsync())!.Value.ShouldBe(Window - Age, Slack);
        var record = await RecordAsync();
        record.FirstAttempt.ShouldBe(await NowAsync() - Age, Slack);
    }

    // Mistake 10, and a record that died under its owner would let a second one in.
    [TestCaseSource(nameof(Operations))]
    public async Task It_never_dies_before_its_lease(string operation)
    {
        await SeedAsync(Window - TimeSpan.FromSeconds(1), attempts: 2);

        await RunAsync(Store, operation);

        (await TimeToLiveAsync())!.Value.ShouldBe(Lease, Slack);
    }

    [Test]
    public async Task A_fresh_one_lives_for_the_window()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        (await TimeToLiveAsync())!.Value.ShouldBe(Window, Slack);
    }

    [Test]
    public async Task Without_a_window_it_lives_for_two_leases()
    {
        var store = NewStore(window: TimeSpan.Zero);

        await store.ClaimAsync(Key, Fingerprint, Mine);
        (await TimeToLiveAsync())!.Value.ShouldBe(Lease * 2, Slack);
        (await store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeFalse();

        (await store.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer)).ShouldBeTrue();
        (await TimeToLiveAsync())!.Value.ShouldBe(Lease * 2, Slack);
        (await store.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(Answer);
    }

    [Test]
    public async Task At_the_end_it_is_gone_and_the_key_is_fresh_again()
    {
        var store = NewStore(Brief, window: TimeSpan.Zero);
        await store.ClaimAsync(Key, Fingerprint, Mine);
        await store.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer);

        await Eventually.UntilAsync(async () => await StoredAsync() is null, Bound, "the record is gone");

        var memory = await Store.ClaimAsync(Key, Fingerprint, Theirs);
        (memory.Record, memory.Owned).ShouldBe((null, true));
    }

    private async Task SeedAsync(TimeSpan age, int attempts)
    {
        var now = await NowAsync();
        var first = Milliseconds(now - age);
        await PutAsync($"1 P {Fingerprint} {Mine} {Milliseconds(now.AddMilliseconds(-1))} {first} {first} {attempts} ");
        await Database.KeyExpireAsync(Name, Window - age);
    }

    private async Task RunAsync(IdempotencyStore store, string operation)
    {
        var done = operation switch
        {
            "claim" => (await store.ClaimAsync(Key, Fingerprint, Theirs)).Owned,
            "renew" => await store.RenewAsync(Key, Mine) is not null,
            "complete" => await CompleteAsync(Mine),
            "refuse" => await CompleteAsync(Mine, "\"no\"", RecordState.Refused),
            _ => await store.ReleaseAsync(Key, Mine, Enum.Parse<ReleaseMode>(operation)),
        };
        done.ShouldBeTrue();
    }
}
