using System.Security.Cryptography;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_answers_are_encrypted_at_rest(Kind kind) : StoreTest(kind)
{
    private readonly AnswerCipher cipher = new(RandomNumberGenerator.GetBytes(32));
    private IdempotencyStore encrypting = null!;

    [OneTimeSetUp]
    public void Encrypt() => encrypting = NewStore(cipher: cipher);

    [Test]
    public async Task They_come_back_and_redis_never_sees_them()
    {
        var answer = new DiditSession
        {
            Id = "s-1",
            Number = 7,
            Url = "https://verify.example/s/planted-token",
            Status = "Not Started",
            WorkflowId = "w-1",
            CreatedAt = DateTimeOffset.UnixEpoch,
        }
            .ToPayload();
        await encrypting.ClaimAsync(Key, Fingerprint, Mine);

        (await encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), answer)).ShouldBeTrue();

        (await encrypting.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(answer);
        (await encrypting.PeekAsync(Key)).Memory.Record!.Payload.ShouldBe(answer);
        var stored = (await StoredAsync())!;
        stored.ShouldStartWith($"1 C {Fingerprint} {Mine} ");
        stored.ShouldNotContain("https");
        stored.ShouldNotContain("planted-token");
    }

    // The two cipher texts differ, so that comparing them would not do.
    [Test]
    public async Task Its_owner_may_store_one_again()
    {
        await encrypting.ClaimAsync(Key, Fingerprint, Mine);

        for (var i = 0; i < 2; i++)
            (await encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer)).ShouldBeTrue();
    }

    [Test]
    public async Task One_that_was_stored_before_is_still_read()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await CompleteAsync(Mine);

        (await encrypting.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(Answer);
    }

    [Test]
    public async Task One_without_the_key_is_neither_read_nor_changed()
    {
        await encrypting.ClaimAsync(Key, Fingerprint, Mine);
        await encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer);
        var stored = await StoredAsync();

        await Should.ThrowAsync<CryptographicException>(() => Store.ClaimAsync(Key, Fingerprint, Theirs));

        (await StoredAsync()).ShouldBe(stored);
    }

    [Test]
    public async Task One_that_was_moved_from_another_key_is_neither_read_nor_changed()
    {
        await encrypting.ClaimAsync(Key, Fingerprint, Mine);
        await encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer);
        var moved = (await StoredAsync())!;
        NewKey();
        await PutAsync(moved);

        await Should.ThrowAsync<CryptographicException>(() => encrypting.ClaimAsync(Key, Fingerprint, Theirs));

        (await StoredAsync()).ShouldBe(moved);
    }
}
