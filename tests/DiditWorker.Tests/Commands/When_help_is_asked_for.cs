using System.CommandLine;
using System.CommandLine.Parsing;
using DiditWorker.Hosting;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

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
    public void Every_command_has_examples()
    {
        var commands = Leaves(Commands(), "").ToList();

        CommandHelp.Examples.Keys.ShouldBe(commands, ignoreOrder: true);
    }

    [TestCaseSource(nameof(Examples))]
    public void An_example_can_be_typed_as_it_stands(string example)
    {
        // What a shell would put into a file is not the command's.
        var parsed = Commands().Parse(CommandLineParser.SplitCommandLine(example.Split(" >")[0]).ToArray());

        parsed.Errors.ShouldBeEmpty();
    }

    [Test]
    public async Task A_commands_help_ends_with_its_examples()
    {
        var (_, text, _) = await RunAsync(["dead-letters", "show", "--help"]);

        text.TrimEnd().ShouldEndWith("Examples:" + Environment.NewLine + "  diditworker dead-letters show order-9");
    }

    [TestCase("dead-", "dead-letters")]
    [TestCase("dead-letters re", "replay")]
    [TestCase("dead-letters list --gr", "--group")]
    [TestCase("dead-letters list --window near", "near-the-end")]
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

    private static IEnumerable<string> Examples() => CommandHelp.Examples.Values.SelectMany(examples => examples);

    private static IEnumerable<string> Leaves(Command command, string words) => command.Subcommands.Count == 0
        ? [words]
        : command.Subcommands.SelectMany(inner => Leaves(inner, words.Length == 0 ? inner.Name : $"{words} {inner.Name}"));

    private static RootCommand Commands()
    {
        var output = new Output(TextWriter.Null, TextWriter.Null);
        return CommandLine.Commands(CommandLine.Host([], output), output);
    }

    private static async Task<(int Code, string Text, string Notes)> RunAsync(string[] args)
    {
        using var text = new StringWriter();
        using var notes = new StringWriter();
        return (await CommandLine.RunAsync(args, text, notes), text.ToString(), notes.ToString());
    }
}
