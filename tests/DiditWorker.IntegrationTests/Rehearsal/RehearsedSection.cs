using System.Text.RegularExpressions;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>Runs the commands of a section, block by block, and compares what they print with what stands there.</summary>
internal sealed partial class RehearsedSection(RunbookSection section) : IDisposable
{
    private const string HttpOnThePage = "localhost:8080";

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _differences = [];
    private int _blocks;

    /// <summary>Programs that the runbook names and nobody runs here, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> NotRehearsed { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["rabbitmqctl"] = "the broker's own program, which runs where the broker is: in its container, or on another machine",
    };

    /// <summary>Whom <c>curl</c> asks.</summary>
    public WorkerProcess? Worker { get; set; }

    /// <summary>Runs the commands of the next block, in order.</summary>
    /// <param name="arena">Where.</param>
    /// <param name="parked">
    /// For each command how many messages the error queue has before it, which is waited for: the command before gives back what it read a
    /// moment later than it ends. None: the commands do not read it.
    /// </param>
    public async Task NextBlockAsync(Arena arena, params uint[] parked)
    {
        _blocks.ShouldBeLessThan(section.Blocks.Count, $"blocks of commands below the heading \"{section.Heading}\"");
        var commands = section.Blocks[_blocks++];
        for (var i = 0; i < commands.Count; i++)
        {
            if (parked.Length > 0)
            {
                await arena.UntilParkedAsync(parked[i]);
            }

            await RunAsync(arena, commands[i]);
        }
    }

    /// <summary>Fails with all that differs, so that the runbook can be mended at once.</summary>
    public void RequireNoDifference()
    {
        if (_differences.Count > 0)
        {
            throw new AssertionException(string.Join("\n\n", _differences));
        }
    }

    /// <summary>Of a command that nobody ran nobody knows whether it is right.</summary>
    public void RequireAll() =>
        section.Blocks.Skip(_blocks).SelectMany(block => block).Select(command => command.ToString()).ShouldBeEmpty("nobody ran them");

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync(Arena arena, RunbookCommand command)
    {
        if (NotRehearsed.ContainsKey(command.Program))
        {
            return;
        }

        var (exitCode, output) = command.Program switch
        {
            "diditworker" => await OperateAsync(arena, command),
            "curl" => (0, await Worker!.GetAsync(command.Words[^1].Replace(HttpOnThePage, "", StringComparison.Ordinal))),
            _ => throw new AssertionException($"{command}: nobody knows how to run it; if nobody can, say why in {nameof(NotRehearsed)}"),
        };
        var fits = command.Program == "curl" ? Printed.FitsUnbroken(command.Sample, output) : Printed.Fits(command.Sample, output);
        if (!fits || exitCode != command.ExitCode)
        {
            _differences.Add(
                $"{command}\n--- by the runbook, exit code {command.ExitCode}:\n{command.Sample}\n--- it is {exitCode}:\n{output}\n"
                    + $"--- what does not change in it:\n{Printed.Masked(output)}");
        }
    }

    // Both streams in one, as a terminal shows them.
    private async Task<(int ExitCode, string Output)> OperateAsync(Arena arena, RunbookCommand command)
    {
        using var terminal = new StringWriter();
        var both = TextWriter.Synchronized(terminal);
        var words = command.Words.Skip(1).Select(word => word.EndsWith(".jsonl", StringComparison.Ordinal) ? _folder.File(word) : word);
        var exitCode = await Hosting.CommandLine.RunAsync([.. words, .. Operating.SettingsOf(arena)], both, both);
        var lines = $"{terminal}".Replace(_folder.File("x")[..^1], "", StringComparison.Ordinal).ReplaceLineEndings("\n").Split('\n');
        return (exitCode, string.Join('\n', lines.Where(line => !LeftOut().IsMatch(line))).TrimEnd());
    }

    // Progress, which a slow machine shows more of, and what a command says of the audit, which is the same everywhere.
    [GeneratedRegex(@"^(Audited: |[a-zA-Z ]+: \d+%)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LeftOut();
}
