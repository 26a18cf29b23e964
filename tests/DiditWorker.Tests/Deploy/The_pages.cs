using System.Text.RegularExpressions;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Deploy;

/// <summary>What people read: every <c>.md</c> file of the repository.</summary>
public sealed partial class The_pages
{
    private const int MaxReadmeLines = 150;
    private const int MaxCell = 120;

    private static readonly string[] Ignored = ["bin", "obj", "artifacts", "node_modules", "TestResults", ".git"];

    public static IEnumerable<string> Pages() => Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.Root, path))
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(Ignored.Contains)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Pages))]
    public void Every_link_leads_somewhere(string page) =>
        Found(LinkPattern(), Read(page), "target").Where(target => !Leads(page, target)).ShouldBeEmpty();

    [TestCase("[x](deploy/README.md)", true)]
    [TestCase("[x](deploy/README.md#commands)", true)]
    [TestCase("[x](deploy/README.md#comands)", false)]
    [TestCase("[x](deploy/READ.md)", false)]
    public void A_link_that_leads_nowhere_is_found(string text, bool leads) =>
        Leads("README.md", Found(LinkPattern(), text, "target").Single()).ShouldBe(leads);

    [Test]
    public void Every_test_that_a_promise_names_exists()
    {
        var names = Found(TestPattern(), Read("deploy/PROMISES.md"), "name");
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);

        names.Count.ShouldBeGreaterThan(40);
        names.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Test]
    public void The_first_one_is_short_and_its_map_is_right()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));
        var folders = Found(MapPattern(), Read("README.md"), "path");

        lines.Length.ShouldBeLessThanOrEqualTo(MaxReadmeLines);
        lines.Where(line => line.StartsWith('|')).SelectMany(line => line.Split('|')).ShouldAllBe(cell => cell.Trim().Length <= MaxCell);
        folders.Count.ShouldBeGreaterThan(10);
        folders.Where(path => !Directory.Exists(Path.Combine(Repository.Root, path))).ShouldBeEmpty();
    }

    private static List<string> Found(Regex pattern, string text, string group) =>
        [.. pattern.Matches(text).Select(match => match.Groups[group].Value).Distinct()];

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    private static bool Leads(string page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal))
        {
            return true;
        }

        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0
            ? Path.Combine(Repository.Root, page)
            : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, parts[0]));
        return parts.Length == 1
            ? File.Exists(path) || Directory.Exists(path)
            : File.Exists(path) && File.ReadLines(path).Where(line => line.StartsWith('#')).Select(Anchor).Contains(parts[1]);
    }

    // As GitHub makes them: https://docs.github.com/get-started/writing-on-github (section links).
    private static string Anchor(string heading) =>
        NoAnchorPattern().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"`([^`\s]*/)?(?<name>(When|What|The)_[A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestPattern();

    [GeneratedRegex("^(?<path>(src|tests|deploy)/[A-Za-z./]*) ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex MapPattern();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]", RegexOptions.None, 1000)]
    private static partial Regex NoAnchorPattern();
}
