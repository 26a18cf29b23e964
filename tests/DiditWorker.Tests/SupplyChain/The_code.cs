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
    private const int MaxPositions = 5;

    private static readonly Assembly[] Ours =
        [typeof(VerificationProtocol).Assembly, typeof(AuditLog).Assembly, typeof(WorkerServices).Assembly, typeof(SimulatorServer)
            .Assembly];

    // A raw string stands for itself, such as a JSON document or a command's help.
    [Test]
    public void Fits_in_140_columns() => Files().SelectMany(file => OutsideRawStrings(file)
            .Where(line => line.Length > MaxColumns)
            .Select(line => $"{Path.GetRelativePath(Repository.Root, file)}: {line.Trim()}"))
        .ShouldBeEmpty();

    // Of six members of a record by their positions nobody knows which is which: they are named where it is made.
    [Test]
    public void Takes_few_parameters_to_make_anything() => Ours.SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)))
        .SelectMany(type => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
        .Where(constructor => constructor.GetParameters().Length > (IsRecord(constructor.DeclaringType!) ? MaxPositions : MaxParameters))
        .Select(constructor => constructor.DeclaringType!.FullName)
        .ShouldBeEmpty();

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    // An even number of them on a line begins and ends there.
    private static IEnumerable<string> OutsideRawStrings(string file)
    {
        var within = false;
        foreach (var line in File.ReadLines(file))
        {
            var quotes = line.Split("\"\"\"").Length - 1;
            if (!within && quotes == 0)
            {
                yield return line;
            }

            within ^= quotes % 2 == 1;
        }

        within.ShouldBeFalse($"{file}: it is not seen where a raw string of it ends");
    }

    private static IEnumerable<string> Files() => new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "artifacts"));
}
