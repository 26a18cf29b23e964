using System.Xml.Linq;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>What makes two builds of one commit the same, and of the packages that were looked at.</summary>
public sealed class The_build
{
    [TestCase("Deterministic", "true")]
    [TestCase("ContinuousIntegrationBuild", "true")]
    [TestCase("RestorePackagesWithLockFile", "true")]
    [TestCase("RestoreLockedMode", "true")]
    public void Is_told_to_be_reproducible(string property, string value) =>
        XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants(property).ShouldHaveSingleItem()
            .Value.ShouldBe(value);

    [Test]
    public void Has_a_lock_file_with_hashes_for_each_project()
    {
        Packages.Projects().Count().ShouldBeGreaterThan(5);
        Packages.LockFiles().ShouldAllBe(path => File.Exists(path));
        foreach (var path in Packages.LockFiles())
        {
            var text = File.ReadAllText(path);
            Count(text, "\"contentHash\"").ShouldBe(Count(text, "\"resolved\""), path);
        }
    }

    [Test]
    public void Takes_each_version_from_one_place_and_exactly()
    {
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => package.Attribute("Version")!.Value).ToList();

        versions.ShouldNotBeEmpty();
        versions.ShouldAllBe(
            version => version == "$(MassTransitVersion)" || char.IsAsciiDigit(version[0])
                && !version.Contains('*', StringComparison.Ordinal));
        Packages.Projects().SelectMany(project => XDocument.Load(project).Descendants("PackageReference"))
            .ShouldAllBe(reference => reference.Attribute("Version") == null);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
