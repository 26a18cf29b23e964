using System.Diagnostics;
using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Reconcile.ReconciledWorld;

namespace DiditWorker.IntegrationTests.Reconcile;

/// <summary>An account of a busy day. Memory is bounded by a limit on the heap, which the runtime keeps on any machine.</summary>
[Category("Long")]
public sealed class When_100000_sessions_are_reconciled
{
    private const int Answered = 100_000;
    private const int Megabytes = 64;

    [Test]
    public async Task It_finds_exactly_what_differs_in_bounded_memory()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ListReturnsMetadata = true });
        await using var world = new ReconciledWorld(arena);
        var answered = await world.AnswerAsync(Answered);
        var second = Enumerable.Range(0, 3).Select(i => world.Session(Key(i * 1_000)).SessionId).ToList();
        var orphans = Enumerable.Range(0, 5).Select(i => world.Session(Key(Answered + i)).SessionId).ToList();
        var missing = answered.Where((_, i) => i % 13_000 == 1).Take(7).ToList();
        foreach (var session in missing)
        {
            await world.DeleteAsync(session);
        }

        var clock = Stopwatch.StartNew();
        using var process = OperatorProcess.Start(arena, Megabytes, "reconcile", "--json");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(1, await error);
        var found = JsonElement.Parse(await output);
        Of("second-session").ShouldBe(second, ignoreOrder: true);
        Of("orphan").ShouldBe(orphans, ignoreOrder: true);
        Of("missing").ShouldBe(missing.Select(session => session.SessionId), ignoreOrder: true);
        found.GetProperty("discrepancies").GetArrayLength().ShouldBe(15);
        await TestContext.Out.WriteLineAsync(
            $"{found.GetProperty("sessions")} sessions: {clock.Elapsed.TotalSeconds:0} s with a heap of at most {Megabytes} MiB");

        IEnumerable<string?> Of(string kind) => found.GetProperty("discrepancies").EnumerateArray()
            .Where(one => one.GetProperty("kind").GetString() == kind).Select(one => one.GetProperty("session").GetString());
    }
}
