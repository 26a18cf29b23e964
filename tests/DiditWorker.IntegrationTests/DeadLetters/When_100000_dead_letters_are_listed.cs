using System.Diagnostics;
using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>
/// Memory is bounded by a limit on the heap, which the runtime keeps on any machine: a peak of resident memory depends on when the
/// collector runs.
/// </summary>
public sealed class When_100000_dead_letters_are_listed
{
    private const int Messages = 100_000;
    private const int MegabytesForList = 32;
    private const int MegabytesForPlan = 64;

    // With what is around it a message takes more than 1 KB, 100,000 of them more than either limit.
    private static readonly string Filler = new('x', 600);

    [Test]
    public async Task List_and_plan_do_not_hold_them_in_memory()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(
            Messages, i =>
            ($"order-{i}", $$$"""{"vendorData":"user-{{{i}}}","metadata":{"filler":"{{{Filler}}}"}}"""), "System.IO.IOException");

        var list = await RunAsync(arena, MegabytesForList, "list");
        list[0].GetProperty("count").GetInt32().ShouldBe(Messages);
        (await RunAsync(arena, MegabytesForPlan, "plan")).GetProperty("messages").GetInt32().ShouldBe(Messages);
        (await RunAsync(arena, MegabytesForList, "list"))[0].GetProperty(arena.CountOfReadings).GetInt64().ShouldBe(2);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe((uint)Messages);
    }

    // The limit is one that holds: a command that shows every body keeps them all.
    [Test]
    public async Task What_holds_more_than_the_limit_is_ended_by_it()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        var filler = new string('x', 60_000);
        await parking.ParkManyAsync(
            1_000, i => ($"order-{i}", $$$"""{"vendorData":"user-{{{i}}}","metadata":{"filler":"{{{filler}}}"}}"""),
            "System.IO.IOException");

        (await ExitCodeAsync(arena, MegabytesForList)).ShouldNotBe(0, "it holds the examples");
        (await ExitCodeAsync(arena, megabytes: null)).ShouldBe(0);
    }

    // Which thread the memory fails, and what it says of it then, is up to chance.
    private static async Task<int> ExitCodeAsync(Arena arena, int? megabytes)
    {
        using var process = OperatorProcess.Start(arena, megabytes, "dead-letters", "list", "--examples", "1000", "--json");
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode;
    }

    private static async Task<JsonElement> RunAsync(Arena arena, int megabytes, string command)
    {
        var clock = Stopwatch.StartNew();
        using var process = OperatorProcess.Start(arena, megabytes, "dead-letters", command, "--json");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
        await TestContext.Out.WriteLineAsync(
            $"dead-letters {command}: {clock.Elapsed.TotalSeconds:0.0} s with a heap of at most {megabytes} MiB");
        return JsonElement.Parse(await output);
    }
}
