using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

/// <summary>Didit is away for five minutes, and nobody waits for longer than two.</summary>
[Category("Long")]
public sealed class When_an_outage_outlasts_the_deadlines
{
    private const int Before = 20;
    private const int During = 300;
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    [Test]
    public async Task Nobody_pays_for_a_session_that_nobody_waits_for()
    {
        await using var arena = await Arena.OpenAsync(
            didit: new() { RequestsPerMinute = 300, CreateDelay = TimeSpan.FromMilliseconds(300) });
        arena.Settings["Didit:RequestsPerMinute"] = "300";
        var workers = Enumerable.Range(0, 3).Select(_ => WorkerProcess.Start(arena.Settings)).ToArray();
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.UntilReadyAsync()));

            // The first ones are made, and the gateway hides it; then everything fails, look-ups too.
            arena.Didit.State.AddFault(new()
            { Operation = DiditOperation.Create, Kind = FaultKind.StatusAfterCreate, Status = 504, Count = Before / 2 });
            arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 503, Count = 100_000 });
            arena.Didit.State.AddFault(new() { Operation = DiditOperation.List, Kind = FaultKind.Status, Status = 503, Count = 100_000 });
            var begun = DateTimeOffset.UtcNow;
            for (var i = 0; i < Before + During; i++)
            {
                await arena.Broker.PublishRawAsync(
                    $"order-{i}", $$"""{"vendorData":"user-{{i}}","notAfter":"{{DateTimeOffset.UtcNow + Deadline:O}}"}""");
            }

            await Eventually.UntilAsync(
                () => Task.FromResult(DateTimeOffset.UtcNow >= begun + Outage), Outage + Bound, "the outage is over");
            var answeredMeanwhile = arena.Broker.Answers.Count;
            arena.Didit.State.ClearFaults();
            await arena.Broker.UntilAnswersAsync(Before + During, (int)Bound.TotalSeconds);

            var made = arena.Didit.State.Sessions.Select(session => session.VendorData).ToHashSet(StringComparer.Ordinal);
            var expired = arena.Broker.Rejected.Select(answer => answer.Text("vendorData")!).ToList();
            await TestContext.Out.WriteLineAsync(
                $"{answeredMeanwhile} of {Before + During} answered during the outage; {expired.Count} Expired, "
                + $"{arena.Broker.Created.Count()} of {made.Count} sessions adopted");
            arena.Broker.Rejected.ShouldAllBe(answer => answer.Text("code") == RejectionCodes.Expired);
            expired.ShouldBeUnique();
            expired.ShouldAllBe(person => !made.Contains(person));
            arena.Broker.Created.Select(answer => answer.Text("vendorData")).ShouldBe(made, ignoreOrder: true);
            arena.Didit.State.Requests.Where(request => request.Operation == DiditOperation.Create)
                .ShouldAllBe(create => create.At < begun + Deadline + TimeSpan.FromSeconds(30));
            (await arena.Broker.DepthAsync(TestBroker.Queue + "_error")).ShouldBe(0u);
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }
}
