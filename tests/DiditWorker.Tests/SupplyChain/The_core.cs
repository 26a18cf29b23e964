using System.Text.RegularExpressions;
using DiditWorker.Protocol;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>
/// What the compiler does not keep within one assembly: arrows between the folders of <c>DiditWorker.Core</c> go one way only.
/// </summary>
public sealed partial class The_core
{
    private static readonly System.Reflection.Assembly Core = typeof(VerificationProtocol).Assembly;
    private static readonly string Source = Path.Combine(Repository.Root, "src", "DiditWorker.Core");

    private static readonly string[] Foreign =
    [
        "MassTransit", "RabbitMQ", "Microsoft.AspNetCore", "System.CommandLine", "Spectre", "Microsoft.Extensions.Hosting", "diditworker", "DiditWorker",
    ];

    [Test]
    public void No_folder_uses_one_that_uses_it() => Circle(Graph()).ShouldBeNull();

    [Test]
    public void The_protocol_uses_no_other_folder() => Graph()["Protocol"].ShouldBeEmpty();

    [Test]
    public void The_graph_is_of_the_code()
    {
        var graph = Graph();

        graph.Keys.ShouldBe(Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj"])!, ignoreOrder: true);
        graph["Redis"].ShouldContain("Protocol");
        graph["Didit"].ShouldContain("Redis");
    }

    [Test]
    public void A_file_lies_in_the_folder_of_its_namespace()
    {
        foreach (var file in Files())
        {
            var folder = Path.GetFileName(Path.GetDirectoryName(file));
            File.ReadAllText(file).ShouldContain($"namespace DiditWorker.{folder};", Case.Sensitive, file);
        }
    }

    // Constants leave no trace in compiled code, but the source names them.
    [Test]
    public void No_line_of_the_protocol_imports_another_folder()
    {
        var others = Graph().Keys.Except(["Protocol"]).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Files().Where(file => file.Contains($"{Path.DirectorySeparatorChar}Protocol{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            Imported().Matches(File.ReadAllText(file)).Select(match => match.Groups["folder"].Value).Where(others.Contains).ShouldBeEmpty(file);
        }
    }

    [Test]
    public void It_knows_no_bus_no_web_host_and_no_command_line()
    {
        var referenced = Core.GetReferencedAssemblies().Select(name => name.Name!).ToList();

        referenced.ShouldContain("StackExchange.Redis");
        referenced.Where(name => Foreign.Any(foreign => name == foreign || name.StartsWith(foreign + ".", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Test]
    public void A_circle_would_be_found()
    {
        Circle(new() { ["A"] = ["B"], ["B"] = ["C"], ["C"] = [] }).ShouldBeNull();
        Circle(new() { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["B"] }).ShouldBe("B → C → B");
    }

    private static Dictionary<string, HashSet<string>> Graph()
    {
        var graph = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var type in Core.GetTypes().Where(type => Folder(type) is not null))
        {
            if (!graph.TryGetValue(Folder(type)!, out var used))
            {
                graph.Add(Folder(type)!, used = new(StringComparer.Ordinal));
            }

            used.UnionWith(UsedTypes.Of(type).Select(Folder).OfType<string>().Where(folder => folder != Folder(type)));
        }

        return graph;
    }

    private static string? Folder(Type type) => type.Namespace is { } name && name.StartsWith("DiditWorker.", StringComparison.Ordinal)
        ? name.Split('.')[1]
        : null;

    // Null: there is none.
    private static string? Circle(Dictionary<string, HashSet<string>> graph)
    {
        return graph.Keys.Order(StringComparer.Ordinal).Select(start => From(start, [])).FirstOrDefault(circle => circle is not null);

        string? From(string at, List<string> way) => way.IndexOf(at) is >= 0 and var met
            ? string.Join(" → ", way[met..].Append(at))
            : graph[at].Order(StringComparer.Ordinal).Select(next => From(next, [.. way, at])).FirstOrDefault(circle => circle is not null);
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Source, file).StartsWith("obj", StringComparison.Ordinal));

    [GeneratedRegex(@"^using (?:static )?DiditWorker\.(?<folder>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Imported();
}
