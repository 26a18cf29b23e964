using System.Reflection;
using System.Runtime.CompilerServices;
using DiditWorker.Hosting;
using DiditWorker.Operations.Audit;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>What can be counted of how it reads.</summary>
public sealed class The_code
{
    private const int MaxColumns = 140;
    private const int MaxParameters = 7;

    private static readonly Assembly[] Ours =
        [typeof(VerificationProtocol).Assembly, typeof(AuditLog).Assembly, typeof(WorkerServices).Assembly, typeof(SimulatorServer)
            .Assembly];

    // A text that stands for itself, such as a JSON document, may be longer.
    [Test]
    public void Fits_in_140_columns() => Files().SelectMany(file => File.ReadLines(file)
            .Where(line => line.Length > MaxColumns && !line.Contains('"', StringComparison.Ordinal) && !IsData(line))
            .Select(line => $"{Path.GetRelativePath(Repository.Root, file)}: {line.Trim()}"))
        .ShouldBeEmpty();

    // Records are values: what they are made of stands beside its name wherever they are made.
    [Test]
    public void Takes_few_parameters_to_make_anything() => Ours.SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.GetMethod("<Clone>$") is null)
        .SelectMany(type => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
        .Where(constructor => constructor.GetParameters().Length > MaxParameters)
        .Select(constructor => constructor.DeclaringType!.FullName)
        .ShouldBeEmpty();

    // Within a raw string.
    private static bool IsData(string line) =>
        line.Contains('{', StringComparison.Ordinal) || line.TrimStart().StartsWith("vendor_data ", StringComparison.Ordinal)
        || line.TrimStart().StartsWith("Makes {", StringComparison.Ordinal);

    private static IEnumerable<string> Files() => new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "artifacts"));
}
