using System.Text.RegularExpressions;
using DiditWorker.IntegrationTests.Keys;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>Every command as a process, at a pseudo-terminal and in a pipe.</summary>
public sealed partial class When_a_terminal_is_real
{
    private const string Id = "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e";
    private const string Parked = "0191f6a5-2d0c-7cc1-9a37-6c2b3f1d8e42";
    private const string Fault = "Somewhere.InTheCode.OfAnother.AnExceptionWithALongNameThatNobodyShortened";

    // A shell reads what it prints, not a person.
    private const string ForShells = "completion";

    private readonly TemporaryFolder _folder = new();
    private Arena _arena = null!;
    private string[][] _commands = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _arena = await Arena.OpenAsync();
        var (session, _) = await Adopting.ParkAsync(_arena);
        (await _arena.OperateAsync("send", "--vendor-data", "user-9", "--message-id", Id, "--wait")).ExitCode.ShouldBe(0);
        await using var parking = await Parking.OpenAsync(_arena);
        await parking.ParkAsync(Parked, """{"vendorData":"user-1"}""", Fault);
        await parking.ParkAsync("order-2", """{"vendorData":"user-2"}""", "DiditWorker.Verification.InvalidMessageException");
        (await _arena.OperateAsync("dead-letters", "export", _folder.File("exported"))).ExitCode.ShouldBe(0);
        _commands =
        [
            ["dead-letters", "list"], ["dead-letters", "list", "--messages"], ["dead-letters", "show", Parked, "--headers"],
            ["dead-letters", "plan"], ["dead-letters", "replay"], ["dead-letters", "export", "FILE"],
            ["dead-letters", "import", _folder.File("exported")], ["dead-letters", "discard", "FILE", "--reason", "test"],
            ["dead-letters", "history"], ["keys", "show", Id], ["keys", "adopt", Adopting.Id, session.SessionId],
            ["keys", "release", Id, "--reason", "test"],
            ["pause", "--reason", "test", "--for", "1h"], ["resume"], ["reconcile", "--until", "0s"],
            ["keys", "exclude", Adopting.Id, session.SessionId, "--reason", "test"],
            ["keys", "horizon", "--nothing-was-lost", "--reason", "test"],
            ["send", "--vendor-data", "user-9", "--message-id", Id, "--wait"], ["probe", "--yes", "--tries", "1"],
        ];
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        await _arena.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase(80)]
    [TestCase(100)]
    [TestCase(200)]
    [TestCase(null)]
    public async Task No_line_is_wider_and_no_id_is_broken(int? width)
    {
        // Those that read the queue would take messages from each other; the others wait for something else meanwhile.
        await Task.WhenAll(_commands.GroupBy(command => ReadsTheQueue(command) ? "" : ChainOf(command[0])).Select(async chain =>
        {
            foreach (var command in chain)
            {
                var printed = await PrintedAsync(width, columns: null, command);

                LinesShouldFit(printed, width, command);
                FirstOfAnId().Matches(printed).ShouldAllBe(
                    first => WholeId().IsMatch(printed, first.Index), $"{string.Join(' ', command)}\n{printed}");
            }
        }));
    }

    [Test]
    public void Every_command_is_among_them() =>
        _commands.Select(CommandTree.WordsOf).Append(ForShells).Distinct().ShouldBe(CommandTree.Leaves, ignoreOrder: true);

    [TestCase(80)]
    [TestCase(null)]
    public async Task Each_message_is_a_line_with_its_whole_id(int? width)
    {
        var printed = await PrintedAsync(width, columns: null, "dead-letters", "list", "--messages");

        string[] ids = [Adopting.Id, Parked, "order-2"];
        ids.ShouldAllBe(id => printed.Split('\n').Count(line => line.StartsWith(id + " ", StringComparison.Ordinal)) == 1, printed);
    }

    [Test]
    public async Task Columns_comes_before_the_width_of_the_terminal()
    {
        string[] command = ["dead-letters", "list", "--messages"];

        LinesShouldFit(await PrintedAsync(200, columns: 80, command), 80, command);
    }

    private static void LinesShouldFit(string printed, int? width, string[] command) => printed.Split('\n')
        .Where(line => line.Length > width && !MustBeWhole(line)).ShouldBeEmpty($"{string.Join(' ', command)}\n{printed}");

    // A command to copy, or one word that is wider than what is left for it.
    private static bool MustBeWhole(string line) => line.StartsWith("  diditworker ", StringComparison.Ordinal)
        || !line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[^1].Trim().Contains(' ');

    // There is nothing to resume before the pause.
    private static string ChainOf(string command) => command == "resume" ? "pause" : command;

    private static bool ReadsTheQueue(string[] command) => command is ["dead-letters", ..] or [_, "adopt", ..];

    private async Task<string> PrintedAsync(int? width, int? columns, params string[] command)
    {
        // What another command has read is there again a moment after that has ended.
        if (ReadsTheQueue(command))
        {
            await Eventually.UntilAsync(
                async () => await _arena.Broker.DepthAsync("start-verification_error") == 3, TimeSpan.FromSeconds(30), "all can be read");
        }

        command = [.. command.Select(word => word == "FILE" ? _folder.File(Path.GetRandomFileName()) : word)];
        using var process = width is { } wide
            ? OperatorProcess.StartAtTerminal(_arena, wide, columns, command) : OperatorProcess.Start(_arena, command);
        if (width is not null)
        {
            process.StandardInput.Close();
        }

        var notes = process.StandardError.ReadToEndAsync();
        var printed = Control().Replace(await process.StandardOutput.ReadToEndAsync() + await notes, "");
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBeOneOf(command[0] == "probe" ? [0, 1] : [0], printed);
        return printed.ReplaceLineEndings("\n").Replace('\r', '\n');
    }

    // Of a terminal: colours, the cursor, its keys.
    [GeneratedRegex(@"\u001b(\[[0-9;?]*[A-Za-z]|=)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Control();

    [GeneratedRegex(@"(?<![0-9a-zA-Z-])[0-9a-f]{8}-", RegexOptions.None, 1000)]
    private static partial Regex FirstOfAnId();

    [GeneratedRegex(@"\G[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeId();
}
