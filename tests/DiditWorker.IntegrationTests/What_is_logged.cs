using System.Text;
using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using MassTransit;
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

    [Test]
    public async Task A_rejected_message_is_one_line_of_at_most_300_bytes()
    {
        const int each = 1_000;
        await using var arena = await Arena.OpenAsync();
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        string[] ids = [.. Enumerable.Range(0, each).Select(_ => NewId.NextGuid().ToString())];
        foreach (var chunk in ids.Index().Chunk(100))
        {
            await Task.WhenAll(chunk.SelectMany(one => (Task[])
            [
                arena.Broker.PublishRawAsync(one.Item, """{"language":"en"}"""),
                arena.Broker.PublishRawAsync($"good-{one.Index}", $$"""{"vendorData":"user-{{one.Index}}"}"""),
            ]));
        }

        await arena.Broker.UntilAnswersAsync(2 * each);
        await worker.TerminateAsync();

        var lines = worker.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        worker.Output.ShouldNotContain("MassTransit");
        lines.Count(line => line.Contains("created", StringComparison.Ordinal)).ShouldBe(each);
        foreach (var id in ids)
        {
            var line = lines.Where(line => line.Contains(id, StringComparison.Ordinal)).ShouldHaveSingleItem();
            JsonElement.Parse(line).GetProperty("LogLevel").GetString().ShouldBe("Warning");
            JsonElement.Parse(line).GetProperty("Message").GetString().ShouldBe(
                $"{id} {IdempotencyKey.Create("start-verification", id)}: rejected (InvalidMessage): StartVerification: "
                + "vendorData: is required");
            Encoding.UTF8.GetByteCount(line).ShouldBeLessThanOrEqualTo(300);
        }
    }

    [Test]
    public async Task What_masstransit_says_of_an_error_that_is_not_a_rejection_is_still_there()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync(bus: (_, bus) => bus.ReceiveEndpoint(
            "fails",
            endpoint => endpoint.Handler<VerificationSessionRejected>(_ => throw new InvalidOperationException("planted failure"))));
        await arena.Broker.PublishRawAsync("order-1", """{"language":"en"}""");

        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Logs.Text.Contains("planted failure", StringComparison.Ordinal)
                && arena.Logs.Text.Contains("order-1", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30), "both are logged");

        arena.Logs.Text.ShouldContain("R-FAULT");
        arena.Logs.Text.ShouldNotContain("InvalidMessageException:");
    }
}
