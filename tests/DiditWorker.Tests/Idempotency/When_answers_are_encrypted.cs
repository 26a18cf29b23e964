using System.Security.Cryptography;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_answers_are_encrypted
{
    private const string RedisKey = "didit:{b2d1c381-5832-56a2-9bf3-b533fd568454}";
    private const string Answer = """{"u":"https://verify.didit.me/session/geheim-ü"}""";

    private readonly AnswerCipher _cipher = new(Key(1));
    private readonly AnswerCipher _plain = new(key: null);

    [TestCase(Answer)]
    [TestCase("")]
    public void They_come_back_as_they_were(string answer) =>
        _cipher.Unprotect(RedisKey, _cipher.Protect(RedisKey, answer)).ShouldBe(answer);

    [Test]
    public void Nothing_of_them_can_be_seen()
    {
        var stored = _cipher.Protect(RedisKey, Answer);

        stored.ShouldNotContain("didit.me");
        stored.ShouldNotContain(' ');
        _cipher.Enabled.ShouldBeTrue();
    }

    [Test]
    public void The_same_answer_never_looks_the_same_twice() =>
        Enumerable.Range(0, 100).Select(_ => _cipher.Protect(RedisKey, Answer)).Distinct(StringComparer.Ordinal).Count().ShouldBe(100);

    [Test]
    public void Another_key_cannot_read_them()
    {
        var other = new AnswerCipher(Key(2));

        Should.Throw<CryptographicException>(() => other.Unprotect(RedisKey, _cipher.Protect(RedisKey, Answer)));
    }

    [Test]
    public void The_first_key_writes_and_all_read()
    {
        var keys = new AnswerKeys([Key(1)]);
        var worker = new AnswerCipher(() => keys);
        var old = worker.Protect(RedisKey, "old");
        keys = new([Key(2), Key(1)]);

        worker.Unprotect(RedisKey, old).ShouldBe("old");
        worker.Unprotect(RedisKey, worker.Protect(RedisKey, "new")).ShouldBe("new");
        new AnswerCipher(Key(2)).Unprotect(RedisKey, worker.Protect(RedisKey, "new")).ShouldBe("new");
        Should.Throw<CryptographicException>(() => _cipher.Unprotect(RedisKey, worker.Protect(RedisKey, "new")))
            .Message.ShouldContain("EncryptionKeyFile");
        Should.Throw<CryptographicException>(() => worker.Unprotect(RedisKey + "x", old));
    }

    // Made by another implementation of AES-GCM, in the form that workers before this one wrote.
    [Test]
    public void One_of_the_first_form_is_still_read() => new AnswerCipher(() => new([Key(9), Key(1)])).Unprotect(RedisKey,
        "gcm1:AAECAwQFBgcICQoLwITgBBrcbg2KGpT+D0a+xtyvDXPb9SxkGL4W7cSoTtchoLPLH+x1zWIybfjcwzyhKzsdEs26NuJ1UWK+ue2t3B8=").ShouldBe(Answer);

    [Test]
    public void Many_threads_at_once_do_not_disturb_each_other() => Parallel.For(0, 20_000, i =>
    {
        var answer = $"{Answer} {i}";
        _cipher.Unprotect(RedisKey, _cipher.Protect(RedisKey, answer)).ShouldBe(answer);
    });

    [Test]
    public void They_cannot_be_moved_to_another_record() =>
        Should.Throw<CryptographicException>(() => _cipher.Unprotect(RedisKey + "x", _cipher.Protect(RedisKey, Answer)));

    [Test]
    public void Changing_any_byte_is_noticed()
    {
        var bytes = Convert.FromBase64String(_cipher.Protect(RedisKey, "short")["gcm1:".Length..]);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 1;
            Should.Throw<CryptographicException>(() => _cipher.Unprotect(RedisKey, "gcm1:" + Convert.ToBase64String(changed)), $"byte {i}");
        }
    }

    [TestCase("gcm1:")]
    [TestCase("gcm1:AAAA")]
    [TestCase("gcm1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void One_that_is_cut_short_is_refused(string stored) =>
        Should.Throw<CryptographicException>(() => _cipher.Unprotect(RedisKey, stored)).Message.ShouldContain("cut short");

    [Test]
    public void One_that_is_no_base64_is_refused() => Should.Throw<Exception>(() => _cipher.Unprotect(RedisKey, "gcm1:*"))
        .ShouldSatisfyAllConditions(e => (e is CryptographicException or FormatException).ShouldBeTrue(e.GetType().Name));

    [Test]
    public void Those_stored_before_are_still_read() => _cipher.Unprotect(RedisKey, Answer).ShouldBe(Answer);

    [Test]
    public void Without_a_key_they_are_stored_as_they_are()
    {
        _plain.Enabled.ShouldBeFalse();
        _plain.Protect(RedisKey, Answer).ShouldBe(Answer);
        _plain.Unprotect(RedisKey, Answer).ShouldBe(Answer);
    }

    [Test]
    public void Without_a_key_encrypted_ones_are_refused_and_the_setting_is_named() =>
        Should.Throw<CryptographicException>(() => _plain.Unprotect(RedisKey, _cipher.Protect(RedisKey, Answer)))
            .Message.ShouldContain("Idempotency:EncryptionKeyFile");

    private static byte[] Key(byte value) => [.. Enumerable.Repeat(value, 32)];
}
