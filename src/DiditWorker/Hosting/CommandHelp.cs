using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Hosting;

/// <summary>
/// The help of every command. The library's own has one list of options: here what chooses dead letters is apart from what is done with
/// them, no word is broken, and examples come last.
/// </summary>
internal static class CommandHelp
{
    private const string Program = "diditworker";

    /// <summary>Takes the place of the library's.</summary>
    public static void AddTo(RootCommand root, Output output) => root.Options.OfType<HelpOption>().Single().Action = new Action(output);

    /// <summary>The words that name a command, without the program's.</summary>
    public static IReadOnlyList<string> WordsOf(Command command) =>
        command is RootCommand ? [] : [.. command.Parents.OfType<Command>().SelectMany(WordsOf), command.Name];

    /// <summary>Prints it.</summary>
    public static void Write(Command command, Output output)
    {
        var words = WordsOf(command);
        output.WriteText(command.Description ?? "");
        output.Text.WriteLine();
        output.WriteText("Usage:");
        output.WriteText("  " + string.Join(' ', [Program, .. words, .. command.Arguments.Select(Usage),
            command.Subcommands.Count > 0 ? "[command]" : "[options]"]));
        WriteSection("Commands:", command.Subcommands.Select(inner => (inner.Name, inner.Description ?? "")), output);
        var selecting = command as SelectingCommand;
        var symbols = command.Arguments.Cast<Symbol>().Concat(OptionsOf(command)).Where(symbol => !symbol.Hidden)
            .ToLookup(symbol => selecting is null ? symbol is Option : !selecting.Selects(symbol));
        WriteSection(selecting is null ? "Arguments:" : "Which dead letters:", symbols[false].Select(Row), output);
        WriteSection(selecting is null ? "Options:" : "What to do:", symbols[true].Select(Row), output);
        if (CommandExamples.ByWords.TryGetValue(string.Join(' ', words), out var examples))
        {
            output.Text.WriteLine();
            output.WriteText("Examples:");
            output.WriteText(string.Join(Environment.NewLine, examples.Select(example => $"  {Program} {example}")));
        }
    }

    private static void WriteSection(string title, IEnumerable<(string Label, string Text)> rows, Output output)
    {
        var all = rows.Select(row => ("  " + row.Label, row.Text)).ToList();
        if (all.Count > 0)
        {
            output.Text.WriteLine();
            output.WriteText(title);
            output.WriteRows(all);
        }
    }

    // Its own, and those of the commands above it that hold for all below them.
    private static IEnumerable<Option> OptionsOf(Command command) => command.Options.Concat(
        command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive));

    private static string Usage(Argument argument)
    {
        var name = argument.Name + (argument.Arity.MaximumNumberOfValues > 1 ? "…" : "");
        return argument.HelpName ?? (argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name);
    }

    private static (string Label, string Text) Row(Symbol symbol) => symbol is Option option
        ? (string.Join(", ", option.Aliases.Where(alias => alias.StartsWith('-')).Order(StringComparer.Ordinal).Append(option.Name))
            + ValueOf(option), option.Description + (option.Required ? " (required)" : "") + DefaultOf(option))
        : (symbol.Name, symbol.Description ?? "");

    private static string ValueOf(Option option) =>
        IsFlag(option) ? "" : $" <{(option.ValueType.IsPrimitive ? "number" : option.Name.TrimStart('-'))}>";

    private static string DefaultOf(Option option) => IsFlag(option) || !option.HasDefaultValue ? ""
        : string.Create(CultureInfo.InvariantCulture, $" (default: {option.GetDefaultValue()})");

    private static bool IsFlag(Option option) => option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool);

    private sealed class Action(Output output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            Write(parsed.CommandResult.Command, output);
            return ExitCodes.Done;
        }
    }
}
