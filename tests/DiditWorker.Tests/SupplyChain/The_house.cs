using System.Reflection;
using System.Text.RegularExpressions;
using DiditWorker.Hosting;
using DiditWorker.Operations.Audit;
using DiditWorker.Protocol;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>
/// References between assemblies go downwards only, which the compiler keeps. What it does not keep: arrows between the folders of one
/// assembly go one way only.
/// </summary>
public sealed partial class The_house
{
    private static readonly Room[] Rooms =
    [
        new("DiditWorker.Core", typeof(VerificationProtocol).Assembly, "DiditWorker"),
        new("DiditWorker.Operations", typeof(AuditLog).Assembly, "DiditWorker.Operations"),
        new("DiditWorker", typeof(WorkerServices).Assembly, "DiditWorker"),
    ];

    private static readonly Room Core = Rooms[0];

    private static readonly string[] Bus = ["MassTransit", "DiditWorker.Hosting", "diditworker"];

    private static readonly string[] NotForTheCore =
        [.. Bus, "RabbitMQ", "Microsoft.AspNetCore", "System.CommandLine", "Spectre", "Microsoft.Extensions.Hosting",
            "DiditWorker.Operations"];

    [TestCaseSource(nameof(Rooms))]
    public void No_folder_uses_one_that_uses_it(Room room) => Circle(Graph(room)).ShouldBeNull();

    [Test]
    public void The_protocol_uses_no_other_folder() => Graph(Core)["Protocol"].ShouldBeEmpty();

    [TestCaseSource(nameof(Rooms))]
    public void The_graph_is_of_the_code(Room room) => Graph(room).Keys.ShouldBe(
        Directory.GetDirectories(room.Source).Select(Path.GetFileName).Except(["bin", "obj"])!, ignoreOrder: true);

    [Test]
    public void It_shows_what_uses_what()
    {
        Graph(Core)["Redis"].ShouldContain("Protocol");
        Graph(Core)["Didit"].ShouldContain("Redis");
        Graph(Rooms[1])["Replay"].ShouldContain("DeadLetters");
        Graph(Rooms[2])["Hosting"].ShouldContain("Messaging");
    }

    [TestCaseSource(nameof(Rooms))]
    public void A_file_lies_in_the_folder_of_its_namespace(Room room)
    {
        foreach (var file in room.Files())
        {
            var folder = Path.GetRelativePath(room.Source, Path.GetDirectoryName(file)!);
            File.ReadAllText(file).ShouldContain(
                folder == "." ? $"namespace {room.Prefix};"
                    : $"namespace {room.Prefix}.{folder.Split(Path.DirectorySeparatorChar)[0]};", Case.Sensitive, file);
        }
    }

    // Constants leave no trace in compiled code, but the source names them.
    [Test]
    public void No_line_of_the_protocol_imports_another_folder()
    {
        var others = Graph(Core).Keys.Except(["Protocol"]).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Core.Files()
            .Where(file => file.Contains($"{Path.DirectorySeparatorChar}Protocol{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            Imported().Matches(File.ReadAllText(file)).Select(match => match.Groups["folder"].Value).Where(others.Contains)
                .ShouldBeEmpty(file);
        }
    }

    [Test]
    public void The_core_knows_no_bus_no_web_host_and_no_command_line() => Foreign(Core, NotForTheCore).ShouldBeEmpty();

    [Test]
    public void What_operators_do_needs_no_bus() => Foreign(Rooms[1], Bus).ShouldBeEmpty();

    [Test]
    public void What_is_foreign_would_be_found() => Foreign(Rooms[2], Bus).ShouldContain("MassTransit");

    [Test]
    public void A_circle_would_be_found()
    {
        Circle(new() { ["A"] = ["B"], ["B"] = ["C"], ["C"] = [] }).ShouldBeNull();
        Circle(new() { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["B"] }).ShouldBe("B → C → B");
    }

    private static Dictionary<string, HashSet<string>> Graph(Room room)
    {
        var graph = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var type in room.Assembly.GetTypes().Where(type => room.Folder(type) is not null))
        {
            if (!graph.TryGetValue(room.Folder(type)!, out var used))
            {
                graph.Add(room.Folder(type)!, used = new(StringComparer.Ordinal));
            }

            used.UnionWith(UsedTypes.Of(type).Select(room.Folder).OfType<string>().Where(folder => folder != room.Folder(type)));
        }

        return graph;
    }

    private static List<string> Foreign(Room room, string[] foreign) =>
    [
        .. room.Assembly.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => foreign.Any(one => name == one || name.StartsWith(one + ".", StringComparison.Ordinal))),
    ];

    // Null: there is none.
    private static string? Circle(Dictionary<string, HashSet<string>> graph)
    {
        return graph.Keys.Order(StringComparer.Ordinal).Select(start => From(start, [])).FirstOrDefault(circle => circle is not null);

        string? From(string at, List<string> way) => way.IndexOf(at) is >= 0 and var met
            ? string.Join(" → ", way[met..].Append(at))
            : graph[at].Order(StringComparer.Ordinal).Select(next => From(next, [.. way, at])).FirstOrDefault(circle => circle is not null);
    }

    [GeneratedRegex(
        @"^using (?:static )?DiditWorker\.(?<folder>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Imported();

    public sealed record Room(string Project, Assembly Assembly, string Prefix)
    {
        public string Source => Path.Combine(Repository.Root, "src", Project);

        // What lies beside the folders puts them together, and may use them all.
        public string? Folder(Type type) => type.Namespace is { } name && name.StartsWith(Prefix + ".", StringComparison.Ordinal)
            ? name[(Prefix.Length + 1)..].Split('.')[0]
            : null;

        public IEnumerable<string> Files() => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !Path.GetRelativePath(Source, file).StartsWith("obj", StringComparison.Ordinal) && Path.GetFileName(file) != "Program.cs");

        public override string ToString() => Project;
    }
}
