using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>A restart, a failover or an operator empties the cache of scripts while the client believes that they are there.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_redis_forgets_scripts(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task Every_operation_goes_on()
    {
        for (var round = 0; round < 2; round++)
        {
            NewKey();
            await FlushAsync();
            (await Store.ClaimAsync(Key, Fingerprint, Mine)).Owned.ShouldBeTrue();
            await FlushAsync();
            (await Store.RenewAsync(Key, Mine)).ShouldNotBeNull();
            await FlushAsync();
            (await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep)).ShouldBeTrue();
            await FlushAsync();
            (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Owned.ShouldBeTrue();
            await FlushAsync();
            (await CompleteAsync(Theirs)).ShouldBeTrue();
            await FlushAsync();
            var answered = await RecordAsync();
            await FlushAsync();
            (await Store.ForgetAsync(Key, answered)).ShouldBeTrue();
        }
    }

    [Test]
    public async Task Many_at_once_go_on()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await FlushAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Store.ClaimAsync(Key, Fingerprint, Theirs)));

        claims.ShouldAllBe(memory => memory.Available && !memory.Owned && memory.Record!.Owner == Mine);
    }

    // On another connection, so that the store's client does not learn of it.
    private async Task FlushAsync() => (await Database.ExecuteAsync("SCRIPT", "FLUSH")).ToString().ShouldBe("OK");
}
