using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>An eventful run at the most talkative level; nothing that was planted may show up.</summary>
public sealed class What_is_logged
{
    [Test]
    public async Task Holds_no_body_no_vendor_data_no_personal_data_no_token_and_no_key()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:00.500";
        await arena.StartWorkerAsync();

        await EventfulRun.RunAsync(arena);
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Logs.Text.Contains("RefusedByDidit", StringComparison.Ordinal)), TimeSpan.FromSeconds(30),
            "the refusal is logged");

        foreach (var secret in EventfulRun.SecretsOf(arena).Append("/session/"))
        {
            arena.Logs.Text.ShouldNotContain(secret, Case.Insensitive);
        }

        // What was looked at is what matters: every kind of event is there.
        arena.Logs.Text.ShouldContain("adopted");
        arena.Logs.Text.ShouldContain("replayed");
        arena.Logs.Text.ShouldContain("PayloadMismatch");
        arena.Logs.Text.ShouldContain("401");
    }

    [Test]
    public async Task Nor_is_it_told_to_the_error_queue_or_to_the_answer()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new()
        {
            Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 400,
            Body = """{"detail":"planted@example.org and PlantedFirstName are not accepted"}""",
        });
        await arena.Broker.PublishRawAsync("order-1", EventfulRun.Body);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("reason").ShouldBe("Didit refused the request with 400: *** and *** are not accepted");
        TestBroker.Header(await arena.Broker.TakeAsync("start-verification_error"), "MT-Fault-Message")
            .ShouldBe("Didit refused the request with 400: *** and *** are not accepted");
    }
}
