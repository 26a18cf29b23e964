using System.Security.Cryptography;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>Two workers under load, of which each knows the new key from another moment on.</summary>
public sealed class When_the_encryption_key_is_rotated
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly byte[] Old = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] New = RandomNumberGenerator.GetBytes(32);

    [Test]
    public async Task Duplicates_are_answered_from_what_either_key_has_written()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        using var folder = new TemporaryFolder();
        await StartAsync("one", Old);
        await StartAsync("two", Old);
        await using var traffic = Traffic.Start(arena);
        await traffic.UntilItFlowsAsync("with the old key");

        await RotateAsync("one", Old, New);
        await RotateAsync("two", Old, New);
        await traffic.UntilItFlowsAsync("with the new key known to both");
        await RotateAsync("one", New, Old);
        await traffic.UntilItFlowsAsync("with each key used by one");
        await RotateAsync("two", New, Old);
        await traffic.UntilItFlowsAsync("with the new key");

        var messages = await traffic.ShouldBeCompleteAsync();
        var (byOld, byNew) = await CountAsync(arena, messages);
        byOld.ShouldBeGreaterThan(0);
        byNew.ShouldBeGreaterThan(0);
        (byOld + byNew).ShouldBe(messages);

        // Each once more: the record alone answers, whichever key wrote it.
        var requests = arena.Didit.State.Requests.Count;
        var answers = arena.Broker.Answers.Count;
        foreach (var id in arena.Broker.Created.Select(a => a.Text("requestId")!).Distinct().ToList())
        {
            await arena.Broker.PublishRawAsync(id, $$"""{"vendorData":"{{id.Replace("order", "user", StringComparison.Ordinal)}}"}""");
        }

        await arena.Broker.UntilAnswersAsync(answers + messages);
        arena.Didit.State.Requests.Count.ShouldBe(requests);
        arena.Broker.Created.Select(a => (a.MessageId, a.Message.GetRawText())).Distinct().Count().ShouldBe(messages);
        await TestContext.Progress.WriteLineAsync($"Rotated under load: {byOld} answers under the old key, {byNew} under the new one");

        async Task StartAsync(string name, params byte[][] keys)
        {
            Write(name, keys);
            arena.Settings["Idempotency:EncryptionKeyFile"] = folder.File(name);
            await arena.StartWorkerAsync();
        }

        async Task RotateAsync(string name, params byte[][] keys)
        {
            var before = Taken(name);
            Write(name, keys);
            await Eventually.UntilAsync(() => Task.FromResult(Taken(name) > before), Bound, $"worker {name} uses its new keys");
        }

        int Taken(string name) => arena.Logs.Text.Split($"({folder.File(name)}) has changed and is used").Length;

        void Write(string name, params byte[][] keys) => File.WriteAllLines(folder.File(name), keys.Select(Convert.ToBase64String));
    }

    [Test]
    public async Task No_token_of_a_session_can_be_read_in_redis()
    {
        await using var arena = await Arena.OpenAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("key"), Convert.ToBase64String(Old));
        arena.Settings["Idempotency:EncryptionKeyFile"] = folder.File("key");
        await arena.StartWorkerAsync();
        await using (var traffic = Traffic.Start(arena))
        {
            await traffic.UntilItFlowsAsync("");
            await traffic.ShouldBeCompleteAsync();
        }

        var stored = await StoredAsync(arena);

        stored.Length.ShouldBeGreaterThan(1000);
        arena.Didit.State.Sessions.ShouldAllBe(session => !stored.Contains(session.SessionToken));
        stored.ShouldNotContain("session_token");
        stored.ShouldNotContain("https://");
    }

    // The simulator's URL, as Didit's, ends in the token, and the URL is the answer; the token itself is not kept beside it.
    [Test]
    public async Task Without_a_key_it_stands_there_only_as_the_end_of_the_url()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        var session = arena.Didit.State.Sessions.Single();

        var stored = await StoredAsync(arena);

        session.Url.ShouldEndWith(session.SessionToken);
        stored.Split(session.SessionToken).Length.ShouldBe(2);
        stored.ShouldNotContain("session_token");
    }

    private static Task<string> StoredAsync(Arena arena) => arena.OnRedisAsync(async redis =>
    {
        var text = new List<string>();
        await foreach (var key in redis.Multiplexer.GetServers()[0].KeysAsync(pattern: arena.Settings["Idempotency:KeyPrefix"] + "*"))
        {
            text.Add($"{key}");
            text.AddRange(await redis.KeyTypeAsync(key) switch
            {
                RedisType.String => [$"{await redis.StringGetAsync(key)}"],
                RedisType.Hash => (await redis.HashGetAllAsync(key)).Select(entry => $"{entry}"),
                RedisType.SortedSet => (await redis.SortedSetRangeByRankAsync(key)).Select(member => $"{member}"),
                var other => throw new NotSupportedException($"{key} is a {other}"),
            });
        }

        return string.Join('\n', text);
    });

    private static Task<(int ByOld, int ByNew)> CountAsync(Arena arena, int messages) => arena.OnRedisAsync(async redis =>
    {
        var (old, next, byOld, byNew) = (new AnswerCipher(Old), new AnswerCipher(New), 0, 0);
        for (var i = 0; byOld + byNew < messages; i++)
        {
            string name = arena.RedisKey($"order-{i}");
            if (await redis.StringGetAsync(name) is { IsNull: false } stored)
            {
                var payload = IdempotencyRecord.Parse($"{stored}").Payload;
                (byOld, byNew) = IsUnder(old, name, payload) ? (byOld + 1, byNew) : IsUnder(next, name, payload) ? (byOld, byNew + 1)
                    : throw new CryptographicException(name);
            }
        }

        return (byOld, byNew);
    });

    private static bool IsUnder(AnswerCipher cipher, string name, string payload)
    {
        try
        {
            return cipher.Unprotect(name, payload) != payload;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
