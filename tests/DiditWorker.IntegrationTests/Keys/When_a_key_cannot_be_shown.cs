using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Keys;

public sealed class When_a_key_cannot_be_shown
{
    private const string Id = "order-1";
    private static readonly string Fingerprint = DiditWorker.Protocol.Fingerprint.Of(JsonElement.Parse("""{"vendor_data":"user-1"}"""));

    [TestCase("order-1", false)]
    [TestCase("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11", true)]
    public async Task One_that_is_not_there_says_what_that_means(string id, bool mayBeKey)
    {
        await using var arena = await Arena.OpenAsync();

        var run = await arena.OperateAsync("keys", "show", id);

        run.ExitCode.ShouldBe(ExitCodes.NothingMatched);
        run.Notes.ShouldContain($"No record of request id {id}");
        run.Notes.ShouldContain("never came here, or its window is over, or Redis lost it");
        run.Notes.Contains("nor under it as a key", StringComparison.Ordinal).ShouldBe(mayBeKey);
        (await arena.OperateAsync("keys", "show", id, "--json")).Json.TryGetProperty("record", out _).ShouldBeFalse();
    }

    [Test]
    public async Task A_key_that_is_no_uuid_is_wrong_usage()
    {
        await using var arena = await Arena.OpenAsync();

        var run = await arena.OperateAsync("keys", "show", Id, "--key");

        run.ExitCode.ShouldBe(ExitCodes.WrongUsage);
        run.Notes.ShouldContain("leave out --key");
    }

    [Test]
    public async Task One_of_a_newer_worker_is_not_explained()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, "2" + Operating.Record('P', Fingerprint)[1..]);

        var run = await arena.OperateAsync("keys", "show", Id);

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("newer DiditWorker");
        run.Text.ShouldBeEmpty();
    }

    [Test]
    public async Task One_under_another_encryption_key_is_not_explained()
    {
        await using var arena = await Arena.OpenAsync();
        var cipher = new AnswerCipher(new byte[32]);
        var sealedAnswer = cipher.Protect(arena.RedisKey(Id), """{"i":"s-1"}""");
        await arena.PutAsync(Id, Operating.Record('C', Fingerprint, payload: sealedAnswer));

        var run = await arena.OperateAsync("keys", "show", Id);

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("Idempotency:EncryptionKeyFile");
        run.Text.ShouldBeEmpty();
    }

    [Test]
    public async Task Without_redis_it_is_unreachable()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["ConnectionStrings:Redis"] = $"127.0.0.1:{FreePort.Take()},connectTimeout=500";

        var run = await arena.OperateAsync("keys", "show", Id);

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Notes.ShouldContain("ConnectionStrings:Redis");
    }
}
