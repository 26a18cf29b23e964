using System.Net;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The whole API answers 5xx or resets, and the worker is restarted meanwhile.</summary>
public sealed class When_didit_is_down
{
    private const int Messages = 200;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [TestCase(FaultKind.Status)]
    [TestCase(FaultKind.ResetBeforeCreate)]
    public async Task Everything_waits_health_says_why_and_work_resumes_by_itself(FaultKind kind)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = kind, Status = kind == FaultKind.Status ? 503 : null });
        await using (var before = WorkerProcess.Start(arena.Settings))
        {
            await before.UntilReadyAsync();
            for (var i = 0; i < Messages; i++)
            {
                await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
            }

            await UntilPausedAsync(before);
            await before.KillAsync();
        }

        // All that this one sees are redelivered messages, so its look-ups fail first.
        await using var after = WorkerProcess.Start(arena.Settings);
        await UntilPausedAsync(after);
        arena.Broker.Answers.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(1, seconds: 10);
        await arena.Broker.UntilAnswersAsync(Messages, seconds: 120);

        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Broker.Created.Select(a => a.Text("requestId")).Distinct().Count().ShouldBe(Messages);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    private static Task UntilPausedAsync(WorkerProcess worker) => Eventually.UntilAsync(
        async () =>
        {
            var (status, body) = await worker.HealthAsync("ready");
            return status == HttpStatusCode.OK
                && body.GetProperty("parts").GetProperty("didit").GetProperty("description").GetString()!.Contains("circuit_open", StringComparison.Ordinal);
        },
        Bound,
        "the circuit is open and health says so");
}
