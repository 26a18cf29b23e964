using System.Security.Cryptography;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Who can write to Redis, and does not have the key.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_only_encrypted_answers_are_taken(Kind kind) : StoreTest(kind)
{
    private readonly AnswerKeys _keys = new([RandomNumberGenerator.GetBytes(32)]);
    private IdempotencyStore _refusing = null!;

    [OneTimeSetUp]
    public void Refuse() => _refusing = NewStore(cipher: new(() => _keys, UnencryptedAnswers.Refuse));

    [Test]
    public async Task A_plain_one_is_neither_believed_nor_overwritten()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await CompleteAsync(Mine);
        var planted = await StoredAsync();

        await Should.ThrowAsync<CryptographicException>(() => _refusing.ClaimAsync(Key, Fingerprint, Theirs));
        await Should.ThrowAsync<CryptographicException>(
            async () => await _refusing.CompleteAsync(Key, RecordState.Completed, Fingerprint, Theirs, await NowAsync(), Answer));
        (await StoredAsync()).ShouldBe(planted);
    }

    [Test]
    public async Task What_is_in_progress_has_none_and_goes_on()
    {
        (await _refusing.ClaimAsync(Key, Fingerprint, Mine)).Owned.ShouldBeTrue();
        (await _refusing.ClaimAsync(Key, Fingerprint, Theirs)).Record!.State.ShouldBe(RecordState.InProgress);

        (await _refusing.CompleteAsync(Key, RecordState.Completed, Fingerprint, Mine, await NowAsync(), Answer)).ShouldBeTrue();
        (await _refusing.ClaimAsync(Key, Fingerprint, Theirs)).Record!.Payload.ShouldBe(Answer);
    }
}
