using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>Usage only: no server is asked.</summary>
public sealed class When_commands_on_archives_are_misused
{
    [TestCase("--yes")]
    [TestCase("--archive", "a.jsonl")]
    [TestCase("--reason", "why")]
    [TestCase("--archive", "a.jsonl", "--reason", " ")]
    public async Task Discard_says_that_it_needs_an_archive_and_a_reason(params string[] options)
    {
        var ended = await Operating.RunAsync(["dead-letters", "discard", .. options]);

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain("discard needs --archive FILE, a new file for what is discarded, and --reason \"why\"");
        ended.Notes.ShouldContain("See: diditworker dead-letters discard --help");
    }

    [TestCase("export")]
    [TestCase("import")]
    public async Task Without_a_file_help_is_named(string command)
    {
        var ended = await Operating.RunAsync("dead-letters", command);

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain($"See: diditworker dead-letters {command} --help");
    }

    [TestCase("export", "FILE", "--redact", "--json", "--queue", "--group", "--since", "--until", "--id", "--vendor-data-hash", "--window",
        "--limit")]
    [TestCase("import", "FILE", "--queue", "--yes", "--json")]
    [TestCase("discard", "--archive", "--reason", "--yes", "--json", "--queue", "--group", "--since", "--until", "--id",
        "--vendor-data-hash", "--window", "--limit")]
    public async Task Every_option_has_a_line_in_the_help(string command, params string[] options)
    {
        var ended = await Operating.RunAsync("dead-letters", command, "--help");

        ended.ExitCode.ShouldBe(0);
        foreach (var option in options)
        {
            ended.Text.Split('\n').ShouldContain(line => line.Trim().StartsWith(option, StringComparison.Ordinal)
                || line.Contains($"<{option}>", StringComparison.Ordinal), $"{option} in\n{ended.Text}");
        }
    }
}
