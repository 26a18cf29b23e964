using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>A rolling upgrade: records of a later version wait for a worker that knows it.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_newer_worker_left_a_record(Kind kind) : StoreTest(kind)
{
    [TestCase('P')]
    [TestCase('C')]
    [TestCase('R')]
    public async Task It_is_neither_trusted_nor_forgotten(char state)
    {
        var now = Milliseconds(await NowAsync());
        var later = $"2 {state} {Fingerprint} {Mine} 0 {now} {now} 1 something new";
        await PutAsync(later);

        await Should.ThrowAsync<UnknownRecordException>(() => Store.PeekAsync(Key));
        await Should.ThrowAsync<UnknownRecordException>(() => Store.ClaimAsync(Key, Fingerprint, Theirs));

        // As if it had been looked at by a program that takes it for its own.
        (await Store.ForgetAsync(Key, IdempotencyRecord.Parse("1" + later[1..]))).ShouldBeFalse();

        (await StoredAsync()).ShouldBe(later);
    }
}
