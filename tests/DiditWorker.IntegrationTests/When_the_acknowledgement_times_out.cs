using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// The broker's own time-out for acknowledgements is shorter than a hold. Before RabbitMQ 4.3 it closes the channel; from then on it
/// cancels the consumer, leaves the channel open and gives its messages to others (RabbitMQ docs, "Consumers", delivery acknowledgement
/// timeout).
/// </summary>
public sealed class When_the_acknowledgement_times_out
{
    private const int Messages = 100;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    [Test]
    public async Task The_worker_goes_on_and_nothing_is_lost_or_made_twice()
    {
        // Before 4.3 the broker looks once a minute.
        await using var broker = await RabbitMqServer.StartNewAsync("consumer_timeout = 15000");
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false }, rabbitMq: broker);
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        await arena.StartWorkerAsync();
        for (var i = 0; i < Messages; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync(TestBroker.Queue) == 0, Bound, "the worker holds every message");
        await Eventually.UntilAsync(
            async () => arena.Logs.Text.Contains("PRECONDITION_FAILED", StringComparison.Ordinal)
                || await arena.Broker.DepthAsync(TestBroker.Queue) > 0,
            Bound, "the broker closes the channel, or takes messages back from the consumer");
        arena.Broker.Answers.ShouldBeEmpty();
        arena.Didit.State.ClearFaults();

        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Broker.Created.Select(answer => answer.Text("requestId")).Distinct().Count() == Messages), Bound,
            "every message is answered");
        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Broker.Rejected.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
