using System.CommandLine;
using System.CommandLine.Parsing;
using DiditWorker.Contracts;
using DiditWorker.Hosting;
using DiditWorker.Redis;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

/// <summary>Help, examples and completion of every command.</summary>
public sealed class When_help_is_asked_for
{
    [TestCase("help", "Commands:")]
    [TestCase("keys help", "horizon")]
    [TestCase("help dead-letters replay", "--allow-expired")]
    public async Task It_is_a_word_as_well_as_an_option(string args, string expected)
    {
        var (code, text, _) = await RunAsync(args.Split(' '));

        code.ShouldBe(0);
        text.ShouldContain(expected);
    }

    [Test]
    public async Task The_version_is_a_word_too() =>
        (await RunAsync(["version"])).ShouldBe(await RunAsync(["--version"]));

    [Test]
    public void Every_command_has_examples() => CommandExamples.ByWords.Keys.ShouldBe(CommandTree.Leaves, ignoreOrder: true);

    [TestCaseSource(nameof(Examples))]
    public void An_example_can_be_typed_as_it_stands(string example)
    {
        // What a shell would put into a file is not the command's.
        var parsed = CommandTree.Root.Parse(CommandLineParser.SplitCommandLine(example.Split(" >")[0]).ToArray());

        parsed.Errors.ShouldBeEmpty();
    }

    [Test]
    public async Task A_commands_help_ends_with_its_examples()
    {
        var (_, text, _) = await RunAsync(["dead-letters", "show", "--help"]);

        text.TrimEnd().ShouldEndWith("Examples:" + Environment.NewLine + "  diditworker dead-letters show order-9");
    }

    [Test]
    public void What_chooses_dead_letters_is_apart_from_what_is_done_with_them()
    {
        var text = Help(Named("dead-letters replay"), width: null);

        text.ShouldContain("  diditworker dead-letters replay [ID…] [options]" + Environment.NewLine);
        LabelsBelow("Which dead letters:", text).ShouldBe(
            ["ID", "--group", "--queue", "--since", "--until", "--window", "--vendor-data-hash", "--limit", "--plan"]);
        LabelsBelow("What to do:", text).ShouldBe(
        [
            "--set", "--to", "--rate", "--max-failures", "--max-replays", "--wait", "--patience", "--allow-expired", "--reason", "--yes",
            "--json", "--dry-run", "-?,",
        ]);
    }

    [Test]
    public void A_commands_file_is_what_it_does_and_ids_are_an_option_there() => ((string[])["export", "discard"]).ShouldAllBe(name =>
        LabelsBelow("What to do:", Help(Named("dead-letters " + name), null))[0] == "FILE"
        && LabelsBelow("Which dead letters:", Help(Named("dead-letters " + name), null))[0] == "--id");

    [Test]
    public void Every_command_that_takes_a_group_lists_the_groups()
    {
        // What is past its deadline is not parked.
        var groups = typeof(RejectionCodes).GetFields().Select(field => (string)field.GetValue(null)!).Except([RejectionCodes.Expired])
            .Concat([DeadLetterGroups.Skipped, DeadLetterGroups.DeliveryLimit, DeadLetterGroups.TimeToLive]).ToList();
        var commands = CommandTree.All.Where(command => command.Options.Any(option => option.Name == "--group")).ToList();

        commands.Count.ShouldBe(6);
        commands.ShouldAllBe(command => groups.TrueForAll(group => Help(command, 80).Contains(group)));
    }

    [TestCase(80)]
    [TestCase(100)]
    [TestCase(200)]
    public void No_line_is_wider_than_the_terminal_and_no_word_is_broken(int width)
    {
        foreach (var command in CommandTree.All)
        {
            var (text, whole) = (Help(command, width), Help(command, width: null));

            text.Split('\n').Where(line => line.Length > width && !line.StartsWith("  diditworker ", StringComparison.Ordinal))
                .ShouldBeEmpty();
            text.Split((char[])[' ', '\n']).Except(whole.Split((char[])[' ', '\n']), StringComparer.Ordinal).ShouldBeEmpty();
        }
    }

    [TestCase("dead-", "dead-letters")]
    [TestCase("dead-letters re", "replay")]
    [TestCase("dead-letters list --gr", "--group")]
    [TestCase("dead-letters list --window near", "near-the-end")]
    [TestCase("dead-letters list --group Refused", "RefusedByDidit")]
    public async Task A_shell_learns_what_may_come_next(string line, string expected)
    {
        var (code, text, _) = await RunAsync([$"[suggest:{line.Length}]", line]);

        code.ShouldBe(0);
        text.Split(Environment.NewLine).ShouldContain(expected);
    }

    [TestCase("bash", "complete -F")]
    [TestCase("zsh", "compdef")]
    [TestCase("fish", "complete -c diditworker")]
    public async Task Each_shell_has_a_script_that_asks(string shell, string expected)
    {
        var (code, text, _) = await RunAsync(["completion", shell]);

        code.ShouldBe(0);
        text.ShouldContain(expected);
        text.ShouldContain("[suggest:");
    }

    private static IEnumerable<string> Examples() => CommandExamples.ByWords.Values.SelectMany(examples => examples);

    private static Command Named(string words) => CommandTree.Root.Parse(words).CommandResult.Command;

    private static string Help(Command command, int? width)
    {
        var text = new StringWriter();
        CommandHelp.Write(command, new(text, TextWriter.Null, width));
        return text.ToString();
    }

    private static List<string> LabelsBelow(string title, string text) =>
    [
        .. text.Split('\n').SkipWhile(line => line != title).Skip(1).TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]),
    ];

    private static async Task<(int Code, string Text, string Notes)> RunAsync(string[] args)
    {
        using var text = new StringWriter();
        using var notes = new StringWriter();
        return (await CommandLine.RunAsync(args, text, notes), text.ToString(), notes.ToString());
    }
}
