using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Simulator;
using DiditWorker.Verification;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>As when the worker is stopped: a create has gone out, and nobody waits for its reply any more.</summary>
public sealed class When_a_create_is_interrupted
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task Its_key_is_given_back_at_once_without_counting_and_the_next_delivery_looks_first()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:30";
        var services = (await arena.StartWorkerAsync()).Services;
        var (flow, store) = (services.GetRequiredService<VerificationFlow>(), services.GetRequiredService<IdempotencyStore>());
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutBeforeCreate });
        for (var i = 1; i <= 3; i++)
        {
            await InterruptAsync(flow, arena, creates: i);

            var record = (await store.PeekAsync(Key)).Memory.Record.ShouldNotBeNull("an attempt may have been made");
            (record.State, record.Attempts).ShouldBe((RecordState.InProgress, 1), "it says nothing about this request");
            record.LeaseUntil.ShouldBe(DateTimeOffset.UnixEpoch, "nobody has to wait for the lease");
        }

        arena.Didit.State.ClearFaults();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate });
        await InterruptAsync(flow, arena, creates: 4);
        arena.Didit.State.ClearFaults();

        // Even a delivery that does not know of any earlier one.
        var answer = await flow.AnswerAsync(New(), Request(), CancellationToken.None).WaitAsync(Bound);

        answer.Outcome.ShouldBe(DeliveryOutcomes.Adopted);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    private static async Task InterruptAsync(VerificationFlow flow, Arena arena, int creates)
    {
        using var leaving = new CancellationTokenSource();
        var running = flow.AnswerAsync(New(), Request(), leaving.Token);
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Didit.State.Requests.Count(r => r.Operation == DiditOperation.Create) == creates), Bound, "the create is under way");
        await leaving.CancelAsync();
        (await Should.ThrowAsync<ReturnToQueueException>(() => running.WaitAsync(Bound))).Message.ShouldBe("the worker stops");
    }

    private static Delivery New() => new("order-1", Key, DateTimeOffset.UtcNow, MaybeAttempted: false);

    private static VerificationRequest Request() => new("user-1", Arena.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}"""));
}
