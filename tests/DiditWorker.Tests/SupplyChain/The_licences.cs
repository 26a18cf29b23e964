using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>Everything that is restored is listed with its licence, and each of them lets anybody use it.</summary>
public sealed class The_licences
{
    private static readonly string[] Permissive = ["MIT", "Apache-2.0", "BSD-3-Clause", "0BSD"];

    // Used as they are, by tests only, or under the first of two licences.
    private static readonly string[] Others = ["Apache-2.0 OR MPL-2.0", "MPL-2.0"];

    private static readonly string Page = Path.Combine(Repository.Root, "deploy", "security", "LICENCES.md");

    [Test]
    public void Are_all_on_the_page()
    {
        var found = Packages.Licences().ToList();
        var shown = Path.Combine(Repository.Root, "artifacts", "licences.md");
        Directory.CreateDirectory(Path.GetDirectoryName(shown)!);
        File.WriteAllLines(shown, found);

        var listed = Rows().ToList();
        found.Except(listed, StringComparer.Ordinal).ShouldBeEmpty($"not on the page; what should be is in {shown}");
        listed.Except(found, StringComparer.Ordinal).ShouldBeEmpty("on the page, but not restored any more");
    }

    [Test]
    public void Let_anybody_use_them()
    {
        var rows = Rows().Select(row => row.Split('|', StringSplitOptions.TrimEntries)).ToList();

        rows.Count.ShouldBeGreaterThan(100);
        rows.Select(row => row[3]).Except([.. Permissive, .. Others], StringComparer.Ordinal).ShouldBeEmpty();
        rows.Where(row => row[3] == "MPL-2.0").ShouldAllBe(row => row[4] == "tests");
    }

    // Without the head of the table.
    private static IEnumerable<string> Rows() =>
        File.ReadAllLines(Page).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1);
}
