using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Deploy;

/// <summary><c>.github/workflows/ci.yml</c></summary>
public sealed partial class The_workflow
{
    private static readonly string Text = File.ReadAllText(DeployFiles.Workflow);

    private static readonly JsonObject Content = Manifest.Read(Text).Single().Content.AsObject();

    private static IEnumerable<JsonObject> Jobs => Content["jobs"]!.AsObject().Select(job => job.Value!.AsObject());

    private static IEnumerable<JsonObject> Steps => Jobs.SelectMany(job => job["steps"]!.AsArray()).Select(step => step!.AsObject());

    [Test]
    public async Task The_linter_has_nothing_to_say() => (await NpmChecks.WorkflowAsync(DeployFiles.Workflow)).ShouldBeEmpty();

    [Test]
    public async Task The_linter_finds_each_wrong_word()
    {
        var path = Path.Combine(Repository.Root, "artifacts", "workflow.yml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, Text.Replace("contents: read", "contents: reed", StringComparison.Ordinal)
            .Replace("timeout-minutes", "timeout-minuets", StringComparison.Ordinal)
            .Replace("github.ref", "github.reff", StringComparison.Ordinal));

        var faults = await NpmChecks.WorkflowAsync(path);

        foreach (var wrong in (string[])["reed", "timeout-minuets", "reff"])
        {
            faults.ShouldContain(fault => fault.Contains($"\"{wrong}\"", StringComparison.Ordinal));
        }
    }

    [Test]
    public void It_may_read_and_nothing_else()
    {
        Content["permissions"]!.ToJsonString().ShouldBe("""{"contents":"read"}""");
        Jobs.ShouldAllBe(job => job["permissions"] == null);
        Text.ShouldNotContain("secrets.");
        Text.ShouldNotContain("pull_request_target");
    }

    [Test]
    public void Every_action_is_one_of_GitHubs_own_pinned_by_a_commit_and_says_its_version()
    {
        var uses = UsesPattern().Matches(Text).Select(match => match.Groups["what"].Value).ToList();

        uses.Count.ShouldBe(Steps.Count(step => step["uses"] is not null));
        uses.ShouldAllBe(what => PinnedPattern().IsMatch(what));
    }

    [Test]
    public void It_runs_the_test_command_of_the_README()
    {
        var command = TestCommandPattern().Match(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Groups["command"].Value;

        command.ShouldNotBeEmpty();
        Steps.Count(step => step["run"]?.ToString() == command).ShouldBe(1);
    }

    [Test]
    public void It_builds_both_images() => new[] { "worker", "simulator" }.ShouldAllBe(target =>
        Steps.Any(step =>
            step["run"] != null
                && step["run"]!.ToString() == $"docker build -f deploy/docker/Dockerfile --target {target} -t diditworker/{target}:ci ."));

    [Test]
    public void Every_job_has_an_end() => Jobs.ShouldAllBe(job => job["timeout-minutes"]!.GetValue<int>() <= 90);

    [GeneratedRegex(@"uses: *(?<what>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex UsesPattern();

    [GeneratedRegex(@"^actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.None, 1000)]
    private static partial Regex PinnedPattern();

    [GeneratedRegex(@"^\| test \| `(?<command>[^`]+)`", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex TestCommandPattern();
}
