using System.Text.Json;
using DiditWorker.IntegrationTests.Secrets;
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

/// <summary>A create has gone out, and then the delivery is cancelled: the worker stops, or its connection to the broker is gone.</summary>
public sealed class When_a_create_is_interrupted
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task It_ends_with_its_reply_and_the_next_delivery_is_answered_from_the_record()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:30";
        var flow = (await arena.StartWorkerAsync()).Services.GetRequiredService<VerificationFlow>();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(2) });

        var interrupted = await InterruptAsync(flow, arena);
        var repeated = await flow.AnswerAsync(New(), Request(), CancellationToken.None).WaitAsync(Bound);

        (interrupted.Outcome, repeated.Outcome).ShouldBe((DeliveryOutcomes.Created, DeliveryOutcomes.Replayed));
        repeated.Session.Id.ShouldBe(interrupted.Session.Id);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task One_without_a_reply_is_looked_for_by_the_next_delivery()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        var services = (await arena.StartWorkerAsync()).Services;
        var flow = services.GetRequiredService<VerificationFlow>();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Count = 1 });

        await Should.ThrowAsync<ReturnToQueueException>(() => InterruptAsync(flow, arena));
        var record = (await services.GetRequiredService<IdempotencyStore>().PeekAsync(Key))
            .Memory.Record.ShouldNotBeNull("an attempt may have been made");
        (record.State, record.LeaseUntil).ShouldBe((RecordState.InProgress, DateTimeOffset.UnixEpoch), "nobody has to wait for the lease");

        // Even a delivery that does not know of any earlier one.
        (await flow.AnswerAsync(New(), Request(), CancellationToken.None).WaitAsync(Bound)).Outcome.ShouldBe(DeliveryOutcomes.Adopted);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    // As a campaign of 30 minutes found it: the session comes after its time-out, and so after the look-ups of a worker that did not wait
    // for that.
    [Test]
    public async Task Nobody_else_creates_while_didit_is_at_work_on_it()
    {
        var rabbitMq = await TestServers.RabbitMqAsync();
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false }, rabbitMq: rabbitMq);
        var account = new Accounts(arena, rabbitMq);
        await account.SetRabbitMqPasswordAsync("first");
        arena.Settings["ConnectionStrings:RabbitMq"] = account.RabbitMqAddress("first");
        arena.Settings["Didit:LookupDelay"] = "00:00:00.500";
        arena.Settings["Didit:AttemptTimeout"] = "00:00:10";
        var late = TimeSpan.FromSeconds(10.2);
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = late, Count = 1 });
        await arena.StartWorkerAsync();
        await Eventually.UntilAsync(
            async () => (await account.WorkersAsync()).Count == 1, Bound, "the broker lists the connection of the worker");
        var first = (await account.WorkersAsync()).Single();

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Didit.State.Requests.Any(r => r.Operation == DiditOperation.Create)), Bound, "it is under way");
        await arena.StartWorkerAsync();
        await account.CutAsync(first);

        await Eventually.UntilAsync(() => Task.FromResult(arena.Broker.Created.Any()), Bound, "it is answered");
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Didit.State.Sessions.Count > 0), Bound, "Didit is done with the first create");
        arena.Didit.State.Requests.Count(r => r.Operation == DiditOperation.Create).ShouldBe(1);
    }

    private static async Task<Answer> InterruptAsync(VerificationFlow flow, Arena arena)
    {
        using var leaving = new CancellationTokenSource();
        var running = flow.AnswerAsync(New(), Request(), leaving.Token);
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Didit.State.Requests.Any(r => r.Operation == DiditOperation.Create)), Bound,
            "the create is under way");
        await leaving.CancelAsync();
        return await running.WaitAsync(Bound);
    }

    private static Delivery New() => new("order-1", Key, DateTimeOffset.UtcNow, MaybeAttempted: false);

    private static VerificationRequest Request() => new("user-1", Arena.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}"""));
}
