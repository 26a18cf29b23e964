using System.Diagnostics;
using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_100000_dead_letters_are_listed
{
    private const int Few = 1_000;
    private const int Many = 100_000;

    // What 99,000 messages more may add; kept in memory they would be several times that.
    private const long MostGrowth = 64 * 1024 * 1024;
    private static readonly string Filler = new('x', 600);

    [Test]
    public async Task List_and_plan_need_little_more_memory_than_for_a_thousand()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await ParkAsync(parking, 0, Few);
        var few = await RunAsync(arena, "list");
        await ParkAsync(parking, Few, Many);

        var list = await RunAsync(arena, "list");
        list.Json[0].GetProperty("count").GetInt32().ShouldBe(Many);
        list.Json[0].GetProperty("deliveryCount").GetInt64().ShouldBe(1);
        list.PeakBytes.ShouldBeLessThan(few.PeakBytes + MostGrowth);

        var plan = await RunAsync(arena, "plan");
        plan.Json.GetProperty("messages").GetInt32().ShouldBe(Many);
        plan.PeakBytes.ShouldBeLessThan(few.PeakBytes + (2 * MostGrowth));
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe((uint)Many);
    }

    private static Task ParkAsync(Parking parking, int first, int end) => parking.ParkManyAsync(
        end - first, i => ($"order-{first + i}", $$$"""{"vendorData":"user-{{{first + i}}}","metadata":{"filler":"{{{Filler}}}"}}"""), "System.IO.IOException");

    private static async Task<(JsonElement Json, long PeakBytes)> RunAsync(Arena arena, string command)
    {
        var clock = Stopwatch.StartNew();
        using var process = OperatorProcess.Start(arena, "dead-letters", command, "--json");
        var output = process.StandardOutput.ReadToEndAsync();
        var peak = 0L;
        while (!process.HasExited)
        {
            // The kernel keeps the peak itself; it is read often only because it goes with the process.
            peak = Math.Max(peak, ReadPeak(process.Id));
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMilliseconds(50)));
        }

        process.ExitCode.ShouldBe(0);
        await TestContext.Out.WriteLineAsync($"dead-letters {command}: {clock.Elapsed.TotalSeconds:0.0} s, peak {peak / 1024 / 1024} MiB resident");
        return (JsonDocument.Parse(await output).RootElement, peak);
    }

    private static long ReadPeak(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
