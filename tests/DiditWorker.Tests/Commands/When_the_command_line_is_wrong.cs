using System.Text.RegularExpressions;
using DiditWorker.Hosting;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

public sealed partial class When_the_command_line_is_wrong
{
    [TestCase("dead-leters list", "'dead-leters' was not matched. Did you mean one of the following?\ndead-letters\n")]
    [TestCase("dead-letters", "Required command")]
    [TestCase("dead-letters lst", "'lst' was not matched. Did you mean one of the following?\nlist\n")]
    [TestCase("dead-letters list --grup x", "There is no option --grup. Did you mean --group?")]
    [TestCase("dead-letters replay --dry-run --yes", "--dry-run and --yes exclude each other")]
    [TestCase("keys release order-1 --reason r --dry-run --yes", "--dry-run and --yes exclude each other")]
    [TestCase("completion csh", "'bash'")]
    [TestCase("dead-letters list --limit none", "--limit none: expected a whole number above 0")]
    [TestCase("dead-letters list --limit +5", "--limit +5: expected a whole number above 0")]
    [TestCase("probe --max-requests +5", "--max-requests +5: expected a whole number above 0")]
    [TestCase("dead-letters list --since yesterday",
        "--since yesterday: expected a time such as 2026-11-24T03:00:00Z, or an age such as 90m, 12h or 7d")]
    [TestCase("dead-letters list --window soon", "'inside'")]
    [TestCase("dead-letters list --vendor-data-hash user-1", "--vendor-data-hash user-1: expected 4 to 64 hexadecimal digits")]
    [TestCase("dead-letters list --examples -1", "--examples -1: expected a whole number")]
    [TestCase("dead-letters history --last 0", "--last 0: expected a whole number above 0")]
    [TestCase("dead-letters show", "Required argument")]
    [TestCase("dead-letters replay --rate 0", "--rate 0: expected a number above 0")]
    [TestCase("dead-letters replay --max-failures -1", "--max-failures -1: expected a whole number")]
    [TestCase("dead-letters replay --max-replays 0", "--max-replays 0: expected a whole number above 0")]
    [TestCase("dead-letters replay --patience 0", "--patience 0: expected a whole number above 0")]
    [TestCase("dead-letters replay --allow-expired", "--allow-expired needs --reason")]
    [TestCase("dead-letters replay --no-such-flag", "There is no option --no-such-flag.")]
    [TestCase("dead-letters export file --grup x", "'--grup' was not matched. Did you mean one of the following?\n--group\n")]
    [TestCase("keys release order-1", "--reason")]
    [TestCase("keys adopt order-1", "Required argument")]
    [TestCase("keys exclude order-1 session-1", "--reason")]
    [TestCase("keys exclude order-1 session-1 a/b --reason r", "SESSION: expected the id of a session")]
    [TestCase("send", "--vendor-data")]
    [TestCase("send --vendor-data x --not-after soon",
        "--not-after soon: expected a time such as 2026-11-24T03:00:00Z, or how long from now, such as 90s, 2m or 12h")]
    [TestCase("pause", "--reason")]
    [TestCase("pause --reason r --for ever", "--for ever: expected a time such as 90s, 5m or 1h")]
    [TestCase("reconcile --delete-surplus", "--reason: say why")]
    [TestCase("reconcile --yes", "--yes: there is nothing to do without --delete-surplus")]
    [TestCase("reconcile --since yesterday", "--since yesterday: expected a time such as")]
    [TestCase("probe --workflow-id mine", "--workflow-id: expected a UUID with hyphens")]
    [TestCase("probe --tries 0", "--tries 0: expected a whole number from 1 to 100")]
    [TestCase("probe --max-requests 0", "--max-requests 0: expected a whole number above 0")]
    [TestCase("probe --report /no/such/directory/report.json", "there is no such directory")]
    public async Task It_says_what_is_right_and_where_to_look(string args, string expected)
    {
        var (code, text, notes) = await RunAsync(args.Split(' '));

        code.ShouldBe(2);
        notes.ShouldContain(expected.ReplaceLineEndings());
        notes.ShouldContain("--help");
        text.ShouldBeEmpty();
    }

    [TestCase("")]
    [TestCase("send")]
    [TestCase("pause")]
    [TestCase("resume")]
    [TestCase("reconcile")]
    [TestCase("probe")]
    [TestCase("keys")]
    [TestCase("keys show")]
    [TestCase("keys adopt")]
    [TestCase("keys release")]
    [TestCase("keys exclude")]
    [TestCase("dead-letters")]
    [TestCase("dead-letters list")]
    [TestCase("dead-letters show")]
    [TestCase("dead-letters plan")]
    [TestCase("dead-letters replay")]
    [TestCase("dead-letters history")]
    [TestCase("dead-letters export")]
    [TestCase("dead-letters import")]
    [TestCase("dead-letters discard")]
    [TestCase("completion")]
    public async Task Every_flag_has_a_line_of_help(string command)
    {
        var (code, text, _) = await RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        code.ShouldBe(0);
        var flags = FlagPattern().Matches(text);
        flags.ShouldNotBeEmpty();
        flags.ShouldAllBe(flag => flag.Groups["description"].Value.Trim().Length > 5);
    }

    [Test]
    public async Task A_setting_among_the_arguments_is_none_of_the_commands()
    {
        var (code, _, notes) = await RunAsync(["dead-letters", "list", "--Didit:WorkflowId=not-a-uuid", "--Didit:ApiKey", "k"]);

        code.ShouldBe(78);
        notes.ShouldContain("Didit:WorkflowId = \"not-a-uuid\": expected a UUID");
        notes.ShouldNotContain("Didit:ApiKey =");
    }

    private static async Task<(int Code, string Text, string Notes)> RunAsync(string[] args)
    {
        using var text = new StringWriter();
        using var notes = new StringWriter();
        return (await CommandLine.RunAsync(args, text, notes), text.ToString(), notes.ToString());
    }

    [GeneratedRegex("^  -(?<name>[^ ].*?)(  +(?<description>.*))?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FlagPattern();
}
