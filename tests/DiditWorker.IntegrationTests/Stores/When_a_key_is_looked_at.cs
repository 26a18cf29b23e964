using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Looking foretells what a claim will find, and changes nothing: what <c>plan</c> prints rests on it.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_key_is_looked_at(Kind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    [Test]
    public async Task Where_nothing_is_known_a_claim_would_own_it()
    {
        var (memory, ttl) = await Store.PeekAsync(Key);

        memory.ShouldBe(new Memory(Available: true, Record: null, Owned: true) { At = memory.At, Horizon = memory.Horizon });
        memory.At!.Value.ShouldBe(await NowAsync(), Slack);
        ttl.ShouldBeNull();
        (await StoredAsync()).ShouldBeNull();
    }

    [TestCase("1 P", 1, false, TestName = "The lease is live")]
    [TestCase("1 P", -1, true, TestName = "The lease is over")]
    [TestCase("1 C", -1, false, TestName = "Answered")]
    [TestCase("1 R", -1, false, TestName = "Refused")]
    public async Task It_foretells_what_a_claim_gets(string versionAndState, int leaseMinutes, bool owned)
    {
        var now = await NowAsync();
        var first = Milliseconds(now - Age);
        await PutAsync($"{versionAndState} {Fingerprint} {Mine} {Milliseconds(now.AddMinutes(leaseMinutes))} {first} {first} 2 ");
        var stored = await StoredAsync();

        var (memory, ttl) = await Store.PeekAsync(Key);

        memory.Owned.ShouldBe(owned);
        ttl!.Value.ShouldBe(Window, Slack);
        (await StoredAsync()).ShouldBe(stored);
        ((await Store.ClaimAsync(Key, Fingerprint, Theirs)) with { At = memory.At, Granted = TimeSpan.Zero }).ShouldBe(memory);
    }

    [Test]
    public async Task One_that_would_never_end_has_no_remaining_time()
    {
        var now = Milliseconds(await NowAsync());
        await Database.StringSetAsync(Name, $"1 C {Fingerprint} {Mine} 0 {now} {now} 1 {Answer}");

        (await Store.PeekAsync(Key)).Ttl.ShouldBeNull();

        await Database.KeyDeleteAsync(Name);
    }
}
