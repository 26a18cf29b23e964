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

    [TestCase(FaultKind.Status)]
    [TestCase(FaultKind.ResetBeforeCreate)]
    public async Task Everything_waits_health_says_why_and_work_resumes_by_itself(FaultKind kind)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.LetLeasesEndSoon();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = kind, Status = kind == FaultKind.Status ? 503 : null });
        await using (var before = WorkerProcess.Start(arena.Settings))
        {
            await before.UntilReadyAsync();
            for (var i = 0; i < Messages; i++)
            {
                await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
            }

            await before.UntilDiditSaysAsync("circuit_open");
            await before.KillAsync();
        }

        // All that this one sees are redelivered messages, so its look-ups fail first.
        await using var after = WorkerProcess.Start(arena.Settings);
        await after.UntilDiditSaysAsync("circuit_open");
        arena.Broker.Answers.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(1, seconds: 10);
        await arena.Broker.UntilAnswersAsync(Messages, seconds: 120);

        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Broker.Created.Select(a => a.Text("requestId")).Distinct().Count().ShouldBe(Messages);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [Test]
    public async Task Refused_connections_are_waited_out_as_well()
    {
        const int messages = 50;
        await using var arena = await Arena.OpenAsync();
        var address = $"http://127.0.0.1:{FreePort.Take()}";
        arena.Settings["Didit:BaseAddress"] = address;
        await using (var before = WorkerProcess.Start(arena.Settings))
        {
            await before.UntilReadyAsync();
            for (var i = 0; i < messages; i++)
            {
                await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
            }

            await before.UntilDiditSaysAsync("circuit_open");
            (await before.TerminateAsync()).ShouldBe(0);
        }

        await using var after = WorkerProcess.Start(arena.Settings);
        await after.UntilDiditSaysAsync("circuit_open");
        arena.Broker.Answers.ShouldBeEmpty();

        await using var didit = await SimulatorServer.StartAsync(address, new() { ApiKey = Arena.ApiKey, ReuseByVendorData = false });
        await arena.Broker.UntilAnswersAsync(1, seconds: 10);
        await arena.Broker.UntilAnswersAsync(messages);
        arena.Broker.Created.Count().ShouldBe(messages);
        didit.State.Sessions.Count.ShouldBe(messages);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [Test]
    public async Task Health_says_why_even_if_a_single_message_waits()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await worker.UntilDiditSaysAsync("503");

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(1, seconds: 10);
        await worker.UntilDiditSaysAsync("no pause");
    }
}
