using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>Usage only: no server is asked.</summary>
public sealed class When_commands_on_archives_are_misused
{
    private const string NeedsAFile =
        "discard needs one FILE: a new file, as export writes it; what is discarded is safe there first";

    [TestCase(NeedsAFile, "--reason", "why")]
    [TestCase(NeedsAFile, "--reason", "why", "--archive", " ")]
    [TestCase(NeedsAFile, "a.jsonl", "--reason", "why", "--archive", "b.jsonl")]
    [TestCase("Option '--reason' is required.", "a.jsonl")]
    [TestCase("Option '--reason' is required.", "--archive", "a.jsonl", "--yes")]
    [TestCase("--reason: must not be blank", "--archive", "a.jsonl", "--reason", " ")]
    public async Task Discard_says_that_it_needs_an_archive_and_a_reason(string expected, params string[] options)
    {
        var ended = await Operating.RunAsync(["dead-letters", "discard", .. options]);

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain(expected);
        ended.Notes.ShouldContain("See: diditworker dead-letters discard --help");
    }

    [TestCase("export")]
    [TestCase("import")]
    public async Task Without_a_file_help_is_named(string command)
    {
        var ended = await Operating.RunAsync("dead-letters", command);

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain($"{command} needs one FILE: ");
        ended.Notes.ShouldContain($"See: diditworker dead-letters {command} --help");
    }

    [TestCase("export", "FILE", "--redact", "--json", "--queue", "--group", "--since", "--until", "--id",
        "--vendor-data-hash", "--window", "--limit")]
    [TestCase("import", "FILE", "--queue", "--yes", "--json")]
    [TestCase("discard", "FILE", "--reason", "--yes", "--json", "--queue", "--group", "--since", "--until", "--id",
        "--vendor-data-hash", "--window", "--limit")]
    public async Task Every_option_has_a_line_in_the_help(string command, params string[] options)
    {
        var ended = await Operating.RunAsync("dead-letters", command, "--help");

        ended.ExitCode.ShouldBe(0);
        foreach (var option in options)
        {
            ended.Text.Split('\n').ShouldContain(line => line.Trim().StartsWith(option, StringComparison.Ordinal),
                $"{option} in\n{ended.Text}");
        }
    }
}
