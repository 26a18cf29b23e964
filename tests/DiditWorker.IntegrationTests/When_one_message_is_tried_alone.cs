using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>"Why is order X stuck?", asked of health, of the status page and of the log.</summary>
public sealed class When_one_message_is_tried_alone
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Health_and_page_name_it_and_forget_it_once_it_is_answered()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 500 });
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"planted-person","callback":"https://planted.example/"}""");
        var key = IdempotencyKey.Create("start-verification", "order-1");

        await worker.UntilDiditSaysAsync($"attempts were all of message order-1 (key {key}) and failed, the latest with: ");
        var waiting = (await StatusAsync(worker)).GetProperty("waitingNow").EnumerateArray().ShouldHaveSingleItem();
        waiting.GetProperty("requestId").GetString().ShouldBe("order-1");
        waiting.GetProperty("key").GetString().ShouldBe($"{key}");
        waiting.GetProperty("attempts").GetInt32().ShouldBeGreaterThanOrEqualTo(3);
        waiting.GetProperty("last").GetString()!.ShouldContain("500");
        waiting.GetProperty("nextTry").GetDateTimeOffset().ShouldBeGreaterThan(waiting.GetProperty("lastAt").GetDateTimeOffset());
        (await worker.GetAsync("/status.json")).ShouldNotContain("planted");
        (await StatusAsync(worker)).GetProperty("inFlight").GetInt64().ShouldBe(1);
        await Eventually.UntilAsync(
            async () => (await StatusAsync(worker)).GetProperty("queues") is { ValueKind: JsonValueKind.Object } queues
                && queues.GetProperty("queues")[0].GetProperty("held").GetInt64() == 1, Bound, "the page shows it as held");

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(1);
        await Eventually.UntilAsync(
            async () => (await StatusAsync(worker)).GetProperty("waitingNowCount").GetInt32() == 0, Bound, "it is forgotten");
    }

    private static async Task<JsonElement> StatusAsync(WorkerProcess worker) => JsonElement.Parse(await worker.GetAsync("/status.json"));
}
