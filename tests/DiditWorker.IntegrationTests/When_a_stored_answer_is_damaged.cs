using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// By a disk, a tool, or a hand: its message waits, as for a record that cannot be read, since the session may well be there.
/// </summary>
public sealed class When_a_stored_answer_is_damaged
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly (char State, string Payload)[] Damaged =
    [
        ('C', ""), ('C', "{"), ('C', "{}"), ('C', "null"), ('C', "planted-secret"),
        ('C', "=s-1|||A|=w|8df4a2277412000"),
        ('C', "|||||"), ('C', "=s-1||=|N|=w|0"), ('C', "gcm1:AAAA"), ('C', "gcm1:!"),
        ('R', ""), ('R', "planted-secret"), ('R', "null"), ('R', "{}"), ('R', "[\"planted-secret\"]"), ('R', "gcm1:AAAA"),
    ];

    [Test]
    public async Task Its_message_waits_is_named_and_is_answered_once_it_is_mended()
    {
        await using var arena = await Arena.OpenAsync();
        for (var i = 0; i < Damaged.Length; i++)
        {
            await arena.PutAsync($"order-{i}", Operating.Record(Damaged[i].State, FingerprintOf(i), payload: Damaged[i].Payload));
        }

        // A key that somebody else took: no text at all.
        var list = Damaged.Length;
        await arena.OnRedisAsync(redis => redis.ListRightPushAsync(arena.RedisKey($"order-{list}"), "x"));
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        for (var i = 0; i <= list; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        for (var i = 0; i <= list; i++)
        {
            await worker.UntilOutputAsync($"{IdempotencyKey.Create("start-verification", $"order-{i}")}: the record cannot be read");
        }

        var redis = await UntilSaidAsync(worker, $"{list + 1} messages wait, since their records cannot be read");
        redis.GetProperty("status").GetString().ShouldBe("Degraded");
        worker.Output.ShouldNotContain("planted-secret");
        arena.Didit.State.Requests.ShouldBeEmpty();
        arena.Broker.Answers.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);

        for (var i = 0; i <= list; i++)
        {
            await arena.OnRedisAsync(database => database.KeyDeleteAsync(arena.RedisKey($"order-{i}")));
        }

        await arena.Broker.UntilAnswersAsync(list + 1);
        arena.Broker.Created.Count().ShouldBe(list + 1);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [Test]
    public async Task Commands_say_so()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync("order-1", Operating.Record('C', FingerprintOf(1), payload: "planted-secret"));

        var shown = await arena.OperateAsync("keys", "show", "order-1");

        shown.ExitCode.ShouldBe(1, shown.ToString());
        shown.Notes.ShouldContain("cannot be read");
        shown.ToString().ShouldNotContain("planted-secret");
    }

    private static async Task<JsonElement> UntilSaidAsync(WorkerProcess worker, string words)
    {
        var part = default(JsonElement);
        await Eventually.UntilAsync(
            async () => (part = (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("redis"))
                .GetProperty("description").GetString()!.Contains(words, StringComparison.Ordinal),
            Bound, $"/health/ready says of Redis: {words}");
        return part;
    }

    private static string FingerprintOf(int i) => Fingerprint.Of(JsonElement.Parse($$"""{"vendor_data":"user-{{i}}"}"""));
}
