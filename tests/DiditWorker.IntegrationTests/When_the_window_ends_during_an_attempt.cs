using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>Didit is trusted to remember a key inside the window, so a repeat may not outlive it.</summary>
public sealed class When_the_window_ends_during_an_attempt
{
    [TestCase("00:00:00")]
    [TestCase("00:00:02")]
    public async Task The_repeat_is_not_sent_on_trust_but_looked_up(string window)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:IdempotencyWindow"] = window;
        arena.Settings["Didit:WindowMargin"] = "00:00:05";
        arena.Settings["Didit:LookupBeforeResend"] = "OutsideWindow";
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.ResetAfterCreate, Count = 1 });
        await arena.StartWorkerAsync();

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions[0].SessionId);
    }
}
