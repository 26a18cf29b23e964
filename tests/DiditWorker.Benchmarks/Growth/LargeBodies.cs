using System.Globalization;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>
/// Memory of a worker that has nothing but messages of the largest size that is allowed, by default and with the heap that .NET takes in a
/// container of a certain size: three quarters of it (.NET documentation, "GCHeapHardLimitPercent").
/// </summary>
internal static class LargeBodies
{
    private const int Count = 500;
    private const int WarmUp = 1_000;
    private static readonly int[] Containers = [0, 768, 640, 512, 384];

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings)
    {
        var rows = new List<string[]>();
        foreach (var container in Containers)
        {
            var environment = new Dictionary<string, string>(StringComparer.Ordinal);
            if (container > 0)
            {
                environment["DOTNET_GCHeapHardLimit"] = (container * 3L / 4 * 1024 * 1024).ToString("X", CultureInfo.InvariantCulture);
            }

            var workload = Workload.First(TimeSpan.Zero, WarmUp, Count) with { Kind = MessageKind.Large };
            var entry = Entry.Plain(Contender.Worker) with { Environment = environment };
            var result = await Measuring.RunAsync(stage, entry, workload, settings);
            rows.Add(
                [
                    container == 0 ? "none" : $"{container} MiB", $"{result.PerSecond:0}", $"{result.PeakMegabytes:0}",
                    $"{result.Sessions - WarmUp} of {Count}",
                ]);
            Progress.Say($"bodies of {Message.LargeSize} bytes, limit {rows[^1][0]}: {string.Join(", ", rows[^1].Skip(1))}");
        }

        return Table.Write(
            $"Bodies of {Message.LargeSize:N0} bytes", ["limit of the container", "messages/s", "peak MiB", "sessions"], rows);
    }
}
