using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_a_message_is_held_too_long
{
    [Test]
    public async Task It_goes_back_to_the_queue_and_is_answered_later()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["StartVerification:MaximumHold"] = "00:00:01";
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 401 });
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Logs.Text.Contains("waited (held for 00:00:01", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(60), "it was given back");

        arena.Broker.Answers.ShouldBeEmpty();
        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(1);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
