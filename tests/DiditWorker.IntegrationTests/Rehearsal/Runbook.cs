using System.Globalization;
using System.Text.RegularExpressions;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>A command as it stands in the runbook.</summary>
/// <param name="Line">Of the runbook, for who has to mend it.</param>
/// <param name="Text">Without the prompt.</param>
/// <param name="Sample">What it prints, by the runbook.</param>
/// <param name="ExitCode">By the runbook: what a following <c>echo $?</c> prints there; 0 without one.</param>
internal sealed partial record RunbookCommand(int Line, string Text, string Sample, int ExitCode)
{
    /// <summary>Which program it runs.</summary>
    public string Program => Words[0];

    /// <summary>As a shell splits it.</summary>
    public IReadOnlyList<string> Words => [.. Word().Matches(Text).Select(word => word.Groups["word"].Value)];

    public override string ToString() => $"RUNBOOK.md:{Line}: {Text}";

    [GeneratedRegex("\"(?<word>[^\"]*)\"|(?<word>\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();
}

/// <summary>What stands below a heading, up to the next one.</summary>
/// <param name="Heading">Of any level.</param>
/// <param name="Blocks">Each block of code, with its commands in order.</param>
internal sealed partial record RunbookSection(string Heading, IReadOnlyList<IReadOnlyList<RunbookCommand>> Blocks)
{
    /// <summary>The name of the test that rehearses it: the heading, each sign that no name can have an underscore.</summary>
    public string Name => NotInName().Replace(Heading, "_").Trim('_');

    /// <summary>All of its commands.</summary>
    public IEnumerable<RunbookCommand> Commands => Blocks.SelectMany(block => block);

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex NotInName();
}

/// <summary><c>deploy/monitoring/RUNBOOK.md</c>, as far as it is commands and what they print.</summary>
internal static class Runbook
{
    private const string Prompt = "$ ";
    private const string AsksForExitCode = "echo $?";

    /// <summary>Those with commands.</summary>
    public static IReadOnlyList<RunbookSection> Sections { get; } = Read(Deployed.Text("monitoring/RUNBOOK.md"));

    /// <summary>The sections of a text that have commands.</summary>
    /// <exception cref="FormatException">A block shows no command.</exception>
    public static IReadOnlyList<RunbookSection> Read(string markdown)
    {
        var sections = new List<(string Heading, List<IReadOnlyList<RunbookCommand>> Blocks)>();
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("##", StringComparison.Ordinal))
            {
                sections.Add((lines[i].TrimStart('#').Trim(), []));
            }
            else if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                // A block in a list is indented.
                var indent = lines[i].IndexOf('`', StringComparison.Ordinal);
                var end = Array.FindIndex(lines, i + 1, line => line.TrimStart().StartsWith("```", StringComparison.Ordinal));
                sections[^1].Blocks.Add(Block([.. lines[(i + 1)..end].Select(line => line.Length > indent ? line[indent..] : "")], i + 2));
                i = end;
            }
        }

        return [.. sections.Where(one => one.Blocks.Count > 0).Select(one => new RunbookSection(one.Heading, one.Blocks))];
    }

    private static List<RunbookCommand> Block(string[] lines, int first)
    {
        var commands = new List<RunbookCommand>();
        foreach (var at in Enumerable.Range(0, lines.Length).Where(at => IsCommand(lines[at])))
        {
            var text = lines[at][Prompt.Length..].Trim();
            var sample = string.Join('\n', lines.Skip(at + 1).TakeWhile(line => !IsCommand(line))).TrimEnd();
            if (text == AsksForExitCode)
            {
                commands[^1] = commands[^1] with { ExitCode = int.Parse(sample, CultureInfo.InvariantCulture) };
            }
            else
            {
                commands.Add(new(first + at, text, sample, ExitCode: 0));
            }
        }

        return commands.Count > 0 && IsCommand(lines[0]) ? commands
            : throw new FormatException($"RUNBOOK.md:{first}: a block begins with a command after \"{Prompt}\"");
    }

    private static bool IsCommand(string line) => line.StartsWith(Prompt, StringComparison.Ordinal);
}
