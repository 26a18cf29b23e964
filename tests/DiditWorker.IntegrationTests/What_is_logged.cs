using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>An eventful run at the most talkative level; nothing that was planted may show up.</summary>
public sealed class What_is_logged
{
    private static readonly string[] Planted =
    [
        "planted-vendor", "planted@example.org", "+4915112345678", "PlantedFirstName", "1987-06-05", "planted-metadata", "planted-callback",
        Arena.ApiKey,
    ];

    private const string Body = """
        {"vendorData":"planted-vendor","callback":"https://example.org/planted-callback","metadata":{"m":"planted-metadata"},
         "contactDetails":{"email":"planted@example.org","phone":"+4915112345678"},
         "expectedDetails":{"first_name":"PlantedFirstName","date_of_birth":"1987-06-05"}}
        """;

    [Test]
    public async Task Holds_no_body_no_vendor_data_no_personal_data_no_token_and_no_key()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:00.500";
        await arena.StartWorkerAsync();

        // Created after a lost answer (look-up), a repeat, a mismatch, a refusal that quotes the request, a broken body, a pause.
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Count = 1 });
        await arena.Broker.PublishRawAsync("order-1", Body);
        await arena.Broker.UntilAnswersAsync(1);
        await arena.Broker.PublishRawAsync("order-1", Body);
        await arena.Broker.UntilAnswersAsync(2);
        await arena.Broker.PublishRawAsync("order-1", Body.Replace("planted-metadata", "planted-metadata-2", StringComparison.Ordinal));
        await arena.Broker.UntilAnswersAsync(3);
        arena.Didit.State.AddFault(new()
        {
            Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 400, Count = 1,
            Body = """{"contact_details":{"email":["planted@example.org is not valid for planted-vendor, PlantedFirstName"]}}""",
        });
        await arena.Broker.PublishRawAsync("order-2", Body);
        await arena.Broker.UntilAnswersAsync(4);
        await arena.Broker.PublishRawAsync("order-3", Body[..^5]);
        await arena.Broker.UntilAnswersAsync(5);
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 401, Count = 1 });
        await arena.Broker.PublishRawAsync("order-4", Body);
        await arena.Broker.UntilAnswersAsync(6);
        await Eventually.UntilAsync(() => Task.FromResult(arena.Logs.Text.Contains("RefusedByDidit", StringComparison.Ordinal)), TimeSpan.FromSeconds(30), "the refusal is logged");

        var token = new Uri(arena.Broker.Created.First().Text("url")!).Segments[^1];
        foreach (var secret in Planted.Append(token).Append("/session/"))
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
        await arena.Broker.PublishRawAsync("order-1", Body);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("reason").ShouldBe("Didit refused the request with 400: *** and *** are not accepted");
        TestBroker.Header(await arena.Broker.TakeAsync("start-verification_error"), "MT-Fault-Message")
            .ShouldBe("Didit refused the request with 400: *** and *** are not accepted");
    }
}
