using DiditWorker.Operations.Archive;
using DiditWorker.Operations.Broker;
using DiditWorker.Tests.DeadLetters;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

/// <summary>Commands at terminals and in a pipe, with ids and names as long as they get.</summary>
public sealed class When_a_terminal_is_narrow
{
    private const string Id = "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e";
    private const string Name = "Somewhere.InTheCode.OfAnother.AnExceptionWithAVeryLongNameThatNobodyEverShortened";
    private const string Fault = "workflowId: 70 000 is no UUID, and neither is what StartVerification:Queue was set to a moment before";

    // A shell reads what it prints, not a person.
    private const string ForShells = "completion";

    private static readonly string[][] Commands =
    [
        ["dead-letters", "list"], ["dead-letters", "list", "--messages"], ["dead-letters", "list", Id, "order-1"],
        ["dead-letters", "show", Id], ["dead-letters", "show", Id, "order-2", "--headers"], ["dead-letters", "plan"],
        ["dead-letters", "replay"], ["dead-letters", "discard", "archive", "--reason", "a test"], ["dead-letters", "import", "exported"],
        ["probe"], ["send", "--vendor-data", "user-1", "--message-id", Id],
    ];

    // What these say of a record is for a real Redis to show (When_a_terminal_is_real); here they say that there is none.
    private static readonly string[][] CommandsOnRedis =
    [
        ["keys", "show", Id], ["keys", "adopt", Id, "6b90b8767-928e"], ["keys", "release", Id, "--reason", "a test"],
        ["pause", "--reason", "a test", "--for", "1h"], ["resume"], ["reconcile"],
        ["keys", "exclude", Id, "6b90b8767-928e", "--reason", "a test"], ["keys", "horizon"],
        ["dead-letters", "export", "archive"], ["dead-letters", "history"],
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from command in Commands.Select(command => (Line: command, ExitCode: 0))
            .Concat(CommandsOnRedis.Select(command => (Line: command, ExitCode: 69)))
        from width in new int?[] { 80, 100, 200, null }
        select new TestCaseData(width, command.Line, command.ExitCode);

    [TestCaseSource(nameof(Cases))]
    public async Task No_line_is_wider_and_no_word_is_broken(int? width, string[] command, int exitCode)
    {
        var (text, whole) = (await PrintedAsync(width, command, exitCode), await PrintedAsync(width: null, command, exitCode));

        WordsOf(text).Where(word => word != "…").Except(WordsOf(whole), StringComparer.Ordinal).ShouldBeEmpty();
        text.Split('\n').Where(line => line.Length > width && !MustBeWhole(line)).ShouldBeEmpty();
    }

    [Test]
    public void Every_command_is_among_them() => Commands.Concat(CommandsOnRedis).Select(CommandTree.WordsOf).Append(ForShells).Distinct()
        .ShouldBe(CommandTree.Leaves, ignoreOrder: true);

    [TestCase("list", 1 + 2)]
    [TestCase("list --messages", 1 + 3)]
    [TestCase("plan", 1 + 1)]
    public async Task In_a_pipe_a_record_is_a_line(string command, int lines)
    {
        await using var desk = await ParkedAsync(width: null);
        var (_, text, _) = await desk.RunAsync(command.Split(' '));

        text.TrimEnd().Split('\n').Length.ShouldBe(lines, text);
        text.ShouldNotContain('│');
    }

    // A command to copy, or one word that is wider than the terminal, which takes a line of its own.
    private static bool MustBeWhole(string line) => line.StartsWith("  diditworker ", StringComparison.Ordinal)
        || line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[^1].Trim().Split(' ').Length == 1;

    private static IEnumerable<string> WordsOf(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
        .Where(word => !word.Contains("desk-", StringComparison.Ordinal));

    private static async Task<string> PrintedAsync(int? width, string[] command, int expected)
    {
        await using var desk = await ParkedAsync(width);
        var (exitCode, text, notes) = await desk.RunAnyAsync(
            [.. command.Select(word => word is "archive" or "exported" ? desk.File(word) : word)]);

        exitCode.ShouldBe(expected, notes);
        return text + notes;
    }

    private static async Task<Desk> ParkedAsync(int? width)
    {
        var desk = new Desk(width);
        desk.Broker.Declare(Inbox.Exchange);
        (string Id, string Exception)[] parked =
            [(Id, Name), ("order-1", "DiditWorker.Verification.InvalidMessageException"), ("order-2", Name)];
        foreach (var (id, exception) in parked)
        {
            desk.Park(id, exception: exception, body: """{"language":"en"}""", headers: [("MT-Fault-Message", Fault), (Name, Id)]);
        }

        await using var archive = await ArchiveFiles.CreateAsync(desk.File("exported"), redact: false, TimeProvider.System);
        await archive.AddAsync(
            desk.Queues.Read(Desk.Error, desk.Broker.In(Desk.Error)[0].Properties, desk.Broker.In(Desk.Error)[0].Body), default);
        return desk;
    }
}
