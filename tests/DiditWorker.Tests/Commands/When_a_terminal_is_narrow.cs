using DiditWorker.Tests.DeadLetters;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

/// <summary>Commands at terminals and in a pipe, with ids and names as long as they get.</summary>
public sealed class When_a_terminal_is_narrow
{
    private const string Id = "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e";
    private const string Name = "Somewhere.InTheCode.OfAnother.AnExceptionWithAVeryLongNameThatNobodyEverShortened";
    private const string Fault = "workflowId: 70 000 is no UUID, and neither is what StartVerification:Queue was set to a moment before";

    private static readonly string[][] Commands =
    [
        ["list"], ["list", "--messages"], ["show", Id], ["show", Id, "--headers"], ["show", "order-1", "--headers"], ["plan"],
        ["replay"], ["discard", "--archive", "archive", "--reason", "a test"],
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from command in Commands from width in new int?[] { 80, 100, 200, null } select new TestCaseData(width, command);

    [TestCaseSource(nameof(Cases))]
    public async Task No_line_is_wider_and_no_word_is_broken(int? width, string[] command)
    {
        var (text, whole) = (await PrintedAsync(width, command), await PrintedAsync(width: null, command));

        WordsOf(text).Where(word => word != "…").Except(WordsOf(whole), StringComparer.Ordinal).ShouldBeEmpty();
        text.Split('\n').Where(line => line.Length > width && !MustBeWhole(line)).ShouldBeEmpty();
    }

    [TestCase("list", 1 + 2)]
    [TestCase("list --messages", 1 + 3)]
    [TestCase("plan", 1 + 1)]
    public async Task In_a_pipe_a_record_is_a_line(string command, int lines)
    {
        var text = await PrintedAsync(width: null, command.Split(' '));

        text.TrimEnd().Split('\n').Length.ShouldBe(lines, text);
        text.ShouldNotContain('│');
    }

    // A command to copy, or one word that is wider than the terminal, which takes a line of its own.
    private static bool MustBeWhole(string line) => line.StartsWith("  diditworker ", StringComparison.Ordinal)
        || line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[^1].Trim().Split(' ').Length == 1;

    private static IEnumerable<string> WordsOf(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
        .Where(word => !word.Contains("desk-", StringComparison.Ordinal));

    private static async Task<string> PrintedAsync(int? width, string[] command)
    {
        await using var desk = new Desk(width);
        (string Id, string Exception)[] parked =
            [(Id, Name), ("order-1", "DiditWorker.Verification.InvalidMessageException"), ("order-2", Name)];
        foreach (var (id, exception) in parked)
        {
            desk.Park(id, exception: exception, body: """{"language":"en"}""", headers: [("MT-Fault-Message", Fault), (Name, Id)]);
        }

        var (exitCode, text, notes) = await desk.RunAsync([.. command.Select(word => word == "archive" ? desk.File(word) : word)]);

        exitCode.ShouldBe(0, notes);
        return text;
    }
}
