using System.Text;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_an_answer_is_stored(Kind kind) : StoreTest(kind)
{
    public static IEnumerable<TestCaseData> Payloads()
    {
        yield return Named("blanks", "  a  b ");
        yield return Named("new lines", "a\r\nb\n\tc\n");
        yield return Named("Unicode", """{"x":"ä 漢字 🛂 e\u0301 ‮"}""");
        yield return Named("what Lua or a format could read", "%d %s %% \\0 [[x]] ]] 1 P 1 1");
        yield return Named("a zero byte", "a\0b");
        yield return Named("nothing", "");
        yield return Named("64 KiB", new StringBuilder().Insert(0, "0123456789 abcdé", 4096).ToString());

        static TestCaseData Named(string name, string payload) => new TestCaseData(payload).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Payloads))]
    public async Task It_comes_back_as_it_was(string payload)
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        (await CompleteAsync(Mine, payload)).ShouldBeTrue();

        (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(payload);
        (await RecordAsync()).Payload.ShouldBe(payload);
    }

    [TestCase(RecordState.Completed)]
    [TestCase(RecordState.Refused)]
    public async Task Every_later_claim_gets_it_and_changes_nothing(RecordState state)
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await CompleteAsync(Mine, Answer, state);
        var stored = await StoredAsync();

        foreach (var owner in (string[])[Mine, Theirs])
        {
            var (_, record, owned) = await Store.ClaimAsync(Key, Fingerprint, owner);
            owned.ShouldBeFalse();
            (record!.State, record.Payload, record.Fingerprint).ShouldBe((state, Answer, Fingerprint));
        }

        (await StoredAsync()).ShouldBe(stored);
    }

    // The reply to the first one may have been lost.
    [Test]
    public async Task Its_owner_may_store_it_again()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        (await CompleteAsync(Mine)).ShouldBeTrue();
        (await CompleteAsync(Mine)).ShouldBeTrue();
    }

    // Mistake 2: an answer that is there is never overwritten.
    [TestCase(RecordState.Completed)]
    [TestCase(RecordState.Refused)]
    public async Task Nobody_overwrites_it(RecordState state)
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await CompleteAsync(Mine, Answer, state);
        var stored = await StoredAsync();

        (await CompleteAsync(Theirs, "another")).ShouldBeFalse();
        (await CompleteAsync(Theirs, "another", RecordState.Refused)).ShouldBeFalse();
        await CompleteAsync(Mine, "another");
        await CompleteAsync(Mine, "another", RecordState.Refused);

        (await StoredAsync()).ShouldBe(stored);
    }

    [Test]
    public async Task It_is_stored_even_if_redis_lost_the_claim()
    {
        var first = await NowAsync() - TimeSpan.FromMinutes(3);
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Database.KeyDeleteAsync(Name);

        (await Store.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, first, Answer)).ShouldBeTrue();

        var record = (await Store.ClaimAsync(Key, Fingerprint, Theirs)).Record!;
        (record.State, record.Payload, record.Owner).ShouldBe((RecordState.Completed, Answer, Mine));
        record.FirstAttempt.ToUnixTimeMilliseconds().ShouldBe(first.ToUnixTimeMilliseconds());
        (await TimeToLiveAsync())!.Value.ShouldBe(Window - TimeSpan.FromMinutes(3), Slack);
    }

    [Test]
    public async Task It_is_refused_if_redis_lost_the_claim_and_another_one_came_in_between()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Database.KeyDeleteAsync(Name);
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        var stored = await StoredAsync();

        (await CompleteAsync(Mine)).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(stored);
    }

    [Test]
    public async Task It_is_refused_if_redis_lost_the_claim_and_another_one_was_answered_in_between()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Database.KeyDeleteAsync(Name);
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        await CompleteAsync(Theirs, "theirs");

        (await CompleteAsync(Mine)).ShouldBeFalse();

        (await RecordAsync()).Payload.ShouldBe("theirs");
    }
}
