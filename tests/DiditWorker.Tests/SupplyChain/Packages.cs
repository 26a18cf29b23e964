using System.Text.Json;
using System.Xml.Linq;
using DiditWorker.Tests.Shared;
using NUnit.Framework;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>Every package of every lock file, with what it says of its licence.</summary>
internal static class Packages
{
    // They name a file, an address or nothing in place of an SPDX expression; read by hand, in this very version.
    private static readonly Dictionary<string, string> ReadByHand = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CommandLineParser 2.9.1"] = "MIT",
        ["diskann-garnet 9.0.0"] = "MIT",
        ["KeraLua 1.4.10"] = "MIT",
        ["Microsoft.DotNet.PlatformAbstractions 3.1.6"] = "MIT",
        ["NETStandard.Library 2.0.3"] = "MIT",
        ["System.Security.Cryptography.ProtectedData 4.5.0"] = "MIT",
    };

    private static readonly string Folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } configured
        ? configured
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The lock files of the repository's projects.</summary>
    public static IEnumerable<string> LockFiles() =>
        Projects().Select(project => Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"));

    public static IEnumerable<string> Projects() => new[] { "src", "tests" }.SelectMany(folder =>
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, folder))
            .SelectMany(project => Directory.EnumerateFiles(project, "*.csproj")));

    /// <summary>Lines of <c>name | version | licence | what of ours needs it</c>.</summary>
    public static IEnumerable<string> Licences() => LockFiles().SelectMany(Resolved)
        .GroupBy(package => (package.Name, package.Version))
        .OrderBy(group => group.Key.Name, StringComparer.OrdinalIgnoreCase).ThenBy(group => group.Key.Version, StringComparer.Ordinal)
        .Select(group =>
            $"| {group.Key.Name} | {group.Key.Version} | {LicenceOf(group.Key.Name, group.Key.Version)} | "
                + $"{Use(group.Select(package => package.Project))} |");

    private static IEnumerable<(string Name, string Version, string Project)> Resolved(string lockFile)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(lockFile));
        foreach (var package in json.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject()))
        {
            if (package.Value.GetProperty("type").GetString() != "Project")
            {
                yield return (
                    package.Name, package.Value.GetProperty("resolved").GetString()!, Path.GetFileName(Path.GetDirectoryName(lockFile))!);
            }
        }
    }

    private static string LicenceOf(string name, string version)
    {
        var path = Path.Combine(Folder, name.ToLowerInvariant(), version.ToLowerInvariant(), name.ToLowerInvariant() + ".nuspec");
        if (!File.Exists(path))
        {
            Assert.Ignore($"{name} {version} is not restored: dotnet restore DiditWorker.sln");
        }

        var licence = XDocument.Load(path).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression"
            ? licence.Value
            : ReadByHand.GetValueOrDefault($"{name} {version}", "not said");
    }

    private static string Use(IEnumerable<string> projects)
    {
        var all = projects.ToHashSet(StringComparer.Ordinal);
        return all.Contains("DiditWorker") || all.Contains("DiditWorker.Contracts") ? "worker"
            : all.Any(name => name is "DiditWorker.Demo" or "DiditWorker.Simulator") ? "demo" : "tests";
    }
}
