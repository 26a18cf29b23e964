using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_dead_letters_are_exported
{
    private const string Error = "start-verification_error";
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task They_are_in_a_file_that_only_its_owner_can_read_and_still_in_their_queue_in_order()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(20, i => ($"order-{i:00}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");
        var file = _folder.File("letters.jsonl");

        var ended = await arena.OperateAsync("dead-letters", "export", file);

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Text.ShouldContain($"20 dead letters are in {file}. They are in their queues, too.");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var lines = await File.ReadAllLinesAsync(file);
        JsonDocument.Parse(lines[0]).RootElement.GetProperty("format").GetString().ShouldBe("diditworker-dead-letters");
        Ids(lines).ShouldBe(Enumerable.Range(0, 20).Select(i => $"order-{i:00}"));
        (await parking.TakeAllAsync()).Count.ShouldBe(20);
        (await HistoryAsync(arena))
            .ShouldBe([("dead-letters export", $"begun: with contents, to {file}"), ("dead-letters export", "20 exported")]);
    }

    [Test]
    public async Task Only_those_that_the_filters_take_are()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(5, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");
        await parking.ParkManyAsync(5, i => ($"late-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.TimeoutException");

        var json = (await arena.OperateAsync("dead-letters", "export", _folder.File("2"), "--group", "Timeout", "--limit", "2", "--json"))
            .Json;
        await arena.OperateAsync("dead-letters", "export", _folder.File("1"), "--id", "order-3");

        json.GetProperty("messages").GetInt32().ShouldBe(2);
        json.GetProperty("file").GetString().ShouldBe(_folder.File("2"));
        json.GetProperty("groups")[0].GetProperty("group").GetString().ShouldBe("Timeout");
        Ids(await File.ReadAllLinesAsync(_folder.File("2"))).ShouldBe(["late-0", "late-1"]);
        Ids(await File.ReadAllLinesAsync(_folder.File("1"))).ShouldBe(["order-3"]);
    }

    [Test]
    public async Task Redacted_nothing_personal_leaves_and_import_refuses_the_whole_file()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync(
            "order-1", """{"vendorData":"planted-person"}""", "System.IO.IOException",
            headers: Headers(("X-Email", "planted@example.org")));
        await arena.OperateAsync("dead-letters", "export", _folder.File("whole"));
        await arena.OperateAsync("dead-letters", "export", _folder.File("redacted"), "--redact");
        var redacted = await File.ReadAllTextAsync(_folder.File("redacted"));
        await File.WriteAllTextAsync(_folder.File("both"), await File.ReadAllTextAsync(_folder.File("whole")) + redacted);
        (await parking.TakeAllAsync()).Count.ShouldBe(1);

        var ended = await arena.OperateAsync("dead-letters", "import", _folder.File("both"), "--yes");

        redacted.ShouldNotContain("planted");
        redacted.ShouldContain("order-1");
        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain("line 4: is redacted: what was left out cannot be imported. Export it without --redact");
        (await arena.Broker.DepthAsync(Error)).ShouldBe(0u);
    }

    [Test]
    public async Task A_file_that_exists_is_not_touched()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", "{}", "System.IO.IOException");
        await File.WriteAllTextAsync(_folder.File("mine"), "mine");

        var ended = await arena.OperateAsync("dead-letters", "export", _folder.File("mine"));
        var elsewhere = await arena.OperateAsync("dead-letters", "export", _folder.File("none/there"));

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain("Name a file that does not exist yet");
        (await File.ReadAllTextAsync(_folder.File("mine"))).ShouldBe("mine");
        elsewhere.ExitCode.ShouldBe(2);
        elsewhere.Notes.ShouldContain("Could not find a part of the path");
    }

    [Test]
    public async Task Without_any_there_is_no_file()
    {
        await using var arena = await Arena.OpenAsync();

        var ended = await arena.OperateAsync("dead-letters", "export", _folder.File("none"));

        ended.ExitCode.ShouldBe(3);
        ended.Notes.ShouldContain("No file was written.");
        _folder.Files.ShouldBeEmpty();
    }

    [Test]
    public async Task Without_an_audit_there_is_no_export()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", "{}", "System.IO.IOException");
        arena.Settings["ConnectionStrings:Redis"] = $"127.0.0.1:{FreePort.Take()},connectTimeout=500";

        var ended = await arena.OperateAsync("dead-letters", "export", _folder.File("letters"));

        ended.ExitCode.ShouldBe(69, ended.ToString());
        _folder.Files.ShouldBeEmpty();
    }

    private static IEnumerable<string?> Ids(IEnumerable<string> lines) => lines.Skip(1).Select(line =>
        JsonDocument.Parse(line).RootElement.GetProperty("messageId").GetString());

    private static async Task<IEnumerable<(string?, string?)>> HistoryAsync(Arena arena) =>
        (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray()
            .Select(line => (line.GetProperty("command").GetString(), line.GetProperty("outcome").GetString())).ToList();

    private static Dictionary<string, object?> Headers(params (string Name, object? Value)[] headers) =>
        headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal);
}
