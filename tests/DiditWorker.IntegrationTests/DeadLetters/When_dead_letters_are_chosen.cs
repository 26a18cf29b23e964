using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>The filters that all commands share, on one arena that is filled once and only read.</summary>
public sealed class When_dead_letters_are_chosen
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private Arena _arena = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(_arena);
        await parking.ParkAsync("young", """{"vendorData":"user-1"}""", "DiditWorker.Verification.AmbiguousSessionException", Now);
        await parking.ParkAsync(
            "ending", """{"vendorData":"user-2"}""", "DiditWorker.Verification.AmbiguousSessionException", Now.AddHours(-20));
        await parking.ParkAsync("old", """{"vendorData":"user-1"}""", "System.IO.IOException", Now.AddDays(-3));
        await parking.ParkAsync("timeless", """{"vendorData":"user-3"}""", "System.IO.IOException", DateTimeOffset.UnixEpoch);
        await parking.ParkAsync("long-ago", """{"vendorData":"user-4"}""", "System.IO.IOException", Now, Now.AddDays(-2));
    }

    [OneTimeTearDown]
    public async Task CloseAsync() => await _arena.DisposeAsync();

    [TestCase("AmbiguousSession", new[] { "young", "ending" })]
    [TestCase("io", new[] { "old", "timeless", "long-ago" })]
    public async Task By_group(string group, string[] ids) => (await IdsAsync("--group", group)).ShouldBe(ids);

    [TestCase("inside", new[] { "young", "ending", "long-ago" })]
    [TestCase("near-the-end", new[] { "ending" })]
    [TestCase("expired", new[] { "old" })]
    [TestCase("unknown", new[] { "timeless" })]
    public async Task By_where_they_stand_in_the_window(string window, string[] ids) => (await IdsAsync("--window", window)).ShouldBe(ids);

    [Test]
    public async Task By_when_they_were_parked()
    {
        (await IdsAsync("--since", "1d")).ShouldBe(["young", "ending", "old", "timeless"]);
        (await IdsAsync("--until", Now.AddDays(-1).ToString("O"))).ShouldBe(["long-ago"]);
        (await IdsAsync("--since", "3d", "--until", "36h")).ShouldBe(["long-ago"]);
    }

    [Test]
    public async Task By_the_hash_of_a_person_without_naming_it()
    {
        var hash = DeadLetter.HashOf("user-1");
        (await IdsAsync("--vendor-data-hash", hash)).ShouldBe(["young", "old"]);
        (await IdsAsync("--vendor-data-hash", hash[..6].ToUpperInvariant())).ShouldBe(["young", "old"]);
    }

    [Test]
    public async Task By_request_id_by_key_and_by_reference()
    {
        var reference = (await ExamplesAsync("--id", "old"))[0].GetProperty("reference").GetString()!;
        (await IdsAsync("--id", reference)).ShouldBe(["old"]);
        (await IdsAsync("--id", IdempotencyKey.Create("start-verification", "old").ToString())).ShouldBe(["old"]);
    }

    [Test]
    public async Task By_queue_and_no_more_than_asked_for()
    {
        (await IdsAsync("--queue", "error", "--limit", "2")).ShouldBe(["young", "ending"]);
        (await IdsAsync("--queue", "start-verification_error")).Count.ShouldBe(5);
        (await _arena.OperateAsync("dead-letters", "list", "--queue", "skipped")).ExitCode.ShouldBe(3);
    }

    [Test]
    public async Task As_a_table_and_redacted()
    {
        var ended = await _arena.OperateAsync("dead-letters", "list", "--examples", "1");

        ended.ExitCode.ShouldBe(0);
        ended.Text.ShouldContain("AmbiguousSession");
        ended.Notes.ShouldContain("5 dead letters");
        ended.Text.ShouldNotContain("user-1");
        ended.Text.ShouldNotContain("\u001b[");
    }

    [Test]
    public async Task What_they_hold_is_shown_only_when_asked_for_and_that_is_audited()
    {
        (await _arena.OperateAsync("dead-letters", "show", "old")).Text.ShouldNotContain("user-1");

        (await _arena.OperateAsync("dead-letters", "show", "old", "--show-body")).Text.ShouldContain("user-1");
        (await _arena.OperateAsync("dead-letters", "list", "--show-body", "--id", "old", "--json")).Text.ShouldContain("user-1");
        var history = await _arena.OperateAsync("dead-letters", "history", "--last", "2", "--json");
        history.Json.EnumerateArray().Select(line => line.GetProperty("command").GetString())
            .ShouldBe(["dead-letters show --show-body", "dead-letters list --show-body"]);
        (await _arena.OperateAsync("dead-letters", "history")).Text.ShouldContain("id=old");
    }

    // The text of an exception, and a header of a publisher, may hold anything.
    [Test]
    public async Task What_a_fault_says_is_shown_only_when_asked_for_too([Values] bool json)
    {
        string[] show = ["dead-letters", "show", "old", .. json ? ["--json"] : (string[])["--headers", "--stack"]];
        var shown = await _arena.OperateAsync(show);
        shown.Text.ShouldContain("MT-Fault-Message");
        shown.Text.ShouldNotContain("it went wrong");
        shown.Text.ShouldNotContain("Somewhere.InTheCode");

        var opened = await _arena.OperateAsync([.. show, "--show-body"]);
        opened.Text.ShouldContain("it went wrong");
        opened.Text.ShouldContain("Somewhere.InTheCode");
        (await _arena.OperateAsync("dead-letters", "history", "--last", "1", "--json")).Json.EnumerateArray().Single()
            .GetProperty("command").GetString()
            .ShouldBe("dead-letters show --show-body");
    }

    [Test]
    public async Task One_is_shown_with_its_fault_key_record_and_what_a_replay_would_do()
    {
        var shown = await _arena.OperateAsync("dead-letters", "show", "young", "--json");

        shown.Json.GetProperty("key").GetString().ShouldBe(IdempotencyKey.Create("start-verification", "young").ToString());
        shown.Json.GetProperty("group").GetString().ShouldBe("AmbiguousSession");
        shown.Json.GetProperty("predicted").GetString().ShouldBe("look-up-then-create");
        shown.Json.GetProperty("headers").GetProperty("MT-Fault-ExceptionType").GetString()!.ShouldContain("AmbiguousSessionException");
        var asked = await _arena.OperateAsync("dead-letters", "show", "young", "--look-up");
        asked.Text.ShouldContain("Didit has no session of it");
        (await _arena.OperateAsync("dead-letters", "show", "nobody")).ExitCode.ShouldBe(3);
    }

    private async Task<IReadOnlyList<string>> IdsAsync(params string[] options)
    {
        var order = new[] { "young", "ending", "old", "timeless", "long-ago" };
        return [.. (await ExamplesAsync(options)).Select(e => e.GetProperty("requestId").GetString()!)
            .OrderBy(id => Array.IndexOf(order, id))];
    }

    private async Task<IReadOnlyList<JsonElement>> ExamplesAsync(params string[] options)
    {
        var ended = await _arena.OperateAsync(["dead-letters", "list", "--json", "--examples", "100", .. options]);
        ended.ExitCode.ShouldBe(0, ended.ToString());
        return [.. ended.Json.EnumerateArray().SelectMany(group => group.GetProperty("examples").EnumerateArray())];
    }
}
