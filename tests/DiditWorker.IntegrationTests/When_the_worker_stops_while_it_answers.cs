using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using MassTransit;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_the_worker_stops_while_it_answers
{
    [TestCase("""{"vendorData":""}""", "start-verification_error")]
    [TestCase("""{"vendorData":"user-1"}""", null)]
    public async Task The_message_goes_back_to_its_queue_and_is_not_parked_as_the_workers_failure(string json, string? parkedIn)
    {
        await using var arena = await Arena.OpenAsync();
        var publishes = 0;
        await arena.StartWorkerAsync((_, bus) => bus.ConfigurePublish(pipe => pipe.UseExecute(_ =>
        {
            // As if the worker's time to stop was up just now.
            if (Interlocked.Increment(ref publishes) == 1)
            {
                throw new OperationCanceledException();
            }
        })));
        await arena.Broker.PublishRawAsync("order-1", json);

        await arena.Broker.UntilAnswersAsync(1);
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification") == 0, TimeSpan.FromSeconds(30), "nothing loops");
        publishes.ShouldBe(2);
        arena.Logs.Text.ShouldContain("order-1 ");
        arena.Logs.Text.ShouldContain(": waited (it was interrupted)");
        arena.Logs.Text.ShouldNotContain(": failed (");
        if (parkedIn is not null)
        {
            TestBroker.Header(await arena.Broker.TakeAsync(parkedIn), "MT-Fault-ExceptionType")!.ShouldEndWith("InvalidMessageException");
        }

        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
