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
    private readonly AnswerCipher _cipher = new(RandomNumberGenerator.GetBytes(32));
    private IdempotencyStore _encrypting = null!;

    [OneTimeSetUp]
    public void Encrypt() => _encrypting = NewStore(cipher: _cipher);

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
        await _encrypting.ClaimAsync(Key, Fingerprint, Mine);

        (await _encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), answer)).ShouldBeTrue();

        (await _encrypting.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(answer);
        (await _encrypting.PeekAsync(Key)).Memory.Record!.Payload.ShouldBe(answer);
        var stored = (await StoredAsync())!;
        stored.ShouldStartWith($"1 C {Fingerprint} {Mine} ");
        stored.ShouldNotContain("https");
        stored.ShouldNotContain("planted-token");
    }

    // The two cipher texts differ, so that comparing them would not do.
    [Test]
    public async Task Its_owner_may_store_one_again()
    {
        await _encrypting.ClaimAsync(Key, Fingerprint, Mine);

        for (var i = 0; i < 2; i++)
            (await _encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer)).ShouldBeTrue();
    }

    [Test]
    public async Task One_that_was_stored_before_is_still_read()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await CompleteAsync(Mine);

        (await _encrypting.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(Answer);
    }

    [Test]
    public async Task One_without_the_key_is_neither_read_nor_changed()
    {
        await _encrypting.ClaimAsync(Key, Fingerprint, Mine);
        await _encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer);
        var stored = await StoredAsync();

        await Should.ThrowAsync<CryptographicException>(() => Store.ClaimAsync(Key, Fingerprint, Theirs));

        (await StoredAsync()).ShouldBe(stored);
    }

    [Test]
    public async Task One_that_was_moved_from_another_key_is_neither_read_nor_changed()
    {
        await _encrypting.ClaimAsync(Key, Fingerprint, Mine);
        await _encrypting.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer);
        var moved = (await StoredAsync())!;
        NewKey();
        await PutAsync(moved);

        await Should.ThrowAsync<CryptographicException>(() => _encrypting.ClaimAsync(Key, Fingerprint, Theirs));

        (await StoredAsync()).ShouldBe(moved);
    }
}
