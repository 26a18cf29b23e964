using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Keys;

public sealed class When_the_horizon_is_asked_for
{
    [Test]
    public async Task It_says_since_when_redis_remembers_and_what_follows()
    {
        await using var arena = await Arena.OpenAsync();
        (await arena.OperateAsync("keys", "horizon")).Text.ShouldContain("ever, as an operator said");
        await ForgetAsync(arena);
        (await arena.OperateAsync("keys", "horizon")).Text.ShouldContain("nothing was claimed yet");
        var since = DateTimeOffset.UtcNow.AddHours(-2);
        await arena.OnRedisAsync(redis => redis.StringSetAsync(Marker(arena), since.ToUnixTimeMilliseconds()));

        var run = await arena.OperateAsync("keys", "horizon");
        var json = (await arena.OperateAsync("keys", "horizon", "--json")).Json;

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
        run.Text.ShouldContain($"{since:yyyy-MM-dd HH:mm:ss}Z");
        run.Text.ShouldContain($"every create is looked up first until {since.AddHours(24).AddMinutes(5):yyyy-MM-dd HH:mm:ss}Z");
        json.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["at", "since", "isYoung", "guardedUntil", "markers", "missing", "meaning"]);
        (json.GetProperty("isYoung").GetBoolean(), json.GetProperty("markers").GetInt32(), json.GetProperty("missing").GetInt32())
            .ShouldBe((true, 1, 0));
        json.GetProperty("since").GetDateTimeOffset().ShouldBe(since, TimeSpan.FromMilliseconds(1));
    }

    [Test]
    public async Task Long_ago_nothing_follows()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.OnRedisAsync(
            redis => redis.StringSetAsync(Marker(arena), DateTimeOffset.UtcNow.AddHours(-25).ToUnixTimeMilliseconds()));

        var run = await arena.OperateAsync("keys", "horizon");

        run.Text.ShouldContain("creates need no look-up for its sake");
        (await arena.OperateAsync("keys", "horizon", "--json")).Json.GetProperty("isYoung").GetBoolean().ShouldBeFalse();
    }

    [TestCase("--nothing-was-lost", "0")]
    [TestCase("--something-was-lost", null)]
    public async Task It_is_changed_with_yes_only_and_the_audit_knows(string change, string? marker)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.OnRedisAsync(redis => redis.StringSetAsync(Marker(arena), "5"));

        var dry = await arena.OperateAsync("keys", "horizon", change, "--reason", "the test");

        dry.ExitCode.ShouldBe(ExitCodes.Done, dry.Notes);
        dry.Text.ShouldContain("Nothing was changed: add --yes.");
        (await MarkerAsync(arena)).ShouldBe("5");
        (await arena.OperateAsync("dead-letters", "history", "--json")).Json.GetArrayLength().ShouldBe(0);

        var done = await arena.OperateAsync("keys", "horizon", change, "--reason", "the test", "--yes");

        done.ExitCode.ShouldBe(ExitCodes.Done, done.Notes);
        done.Text.ShouldContain("Done.");
        (await MarkerAsync(arena)).ShouldNotBe("5");
        if (marker is not null)
        {
            (await MarkerAsync(arena)).ShouldBe(marker);
        }

        var lines = (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray().ToList();
        lines.Select(line => line.GetProperty("outcome").GetString()).ShouldBe(["begun", "1 markers were written"]);
        lines.ShouldAllBe(
            line => line.GetProperty("command").GetString() == "keys horizon"
                && line.GetProperty("selection").GetString() == change.Substring(2)
            && line.GetProperty("reason").GetString() == "the test");
    }

    [TestCase(new[] { "--nothing-was-lost", "--yes" }, "--reason")]
    [TestCase(new[] { "--nothing-was-lost", "--reason", " ", "--yes" }, "must not be blank")]
    [TestCase(new[] { "--nothing-was-lost", "--something-was-lost", "--reason", "r" }, "Either")]
    [TestCase(new[] { "--yes" }, "nothing to do")]
    public async Task What_is_meant_must_be_clear(string[] options, string says)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.OnRedisAsync(redis => redis.StringSetAsync(Marker(arena), "5"));

        var run = await arena.OperateAsync(["keys", "horizon", .. options]);

        run.ExitCode.ShouldBe(ExitCodes.WrongUsage);
        run.Notes.ShouldContain(says);
        (await MarkerAsync(arena)).ShouldBe("5");
    }

    private static string Marker(Arena arena) => arena.KeyPrefix + "{horizon}";

    private static Task<string?> MarkerAsync(Arena arena) =>
        arena.OnRedisAsync(async redis => (string?)await redis.StringGetAsync(Marker(arena)));

    private static Task<bool> ForgetAsync(Arena arena) => arena.OnRedisAsync(redis => redis.KeyDeleteAsync(Marker(arena)));
}
