using System.CommandLine;
using DiditWorker.Hosting;
using DiditWorker.Operations.Terminal;
using Line = DiditWorker.Hosting.CommandLine;

namespace DiditWorker.Tests.Shared;

/// <summary>All commands that there are, so that a test of every command fails where one is new.</summary>
internal static class CommandTree
{
    /// <summary>A tree of them that prints nothing.</summary>
    public static RootCommand Root
    {
        get
        {
            var output = new Output(TextWriter.Null, TextWriter.Null);
            return Line.Commands(Line.Host([], output), output);
        }
    }

    /// <summary>Every command, those with others in them included.</summary>
    public static IEnumerable<Command> All => Below(Root);

    /// <summary>The words of every command that does something.</summary>
    public static IReadOnlyList<string> Leaves { get; } =
        [.. All.Where(command => command.Subcommands.Count == 0).Select(command => string.Join(' ', CommandHelp.WordsOf(command)))];

    /// <summary>The words of the command that a line runs.</summary>
    public static string WordsOf(IEnumerable<string> line) =>
        string.Join(' ', CommandHelp.WordsOf(Root.Parse([.. line]).CommandResult.Command));

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);
}
