using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_the_broker_goes_away
{
    private const int Messages = 40;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Every_message_is_answered_after_it_is_back_with_one_session_each()
    {
        await using var rabbitMq = await RabbitMqServer.StartNewAsync();
        await using var arena =
            await Arena.OpenAsync(
                didit: new() { CreateDelay = TimeSpan.FromMilliseconds(500), ReuseByVendorData = false }, rabbitMq: rabbitMq);
        await arena.StartWorkerAsync();
        for (var i = 0; i < Messages; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        // Some are under way, some wait.
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count > 10), Bound, "creates are under way");
        await rabbitMq.StopAsync();
        await rabbitMq.StartAsync();
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Broker.Created.Select(a => a.Text("requestId")).Distinct().Count() == Messages),
            TimeSpan.FromSeconds(120), $"{Messages} messages are answered");

        arena.Logs.Text.ShouldNotContain("the worker stops");
        arena.Logs.Text.ShouldContain("the channel to the broker was closed");

        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Broker.Created.Select(a => (a.MessageId, a.Message.GetRawText())).Distinct().Count().ShouldBe(Messages);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
