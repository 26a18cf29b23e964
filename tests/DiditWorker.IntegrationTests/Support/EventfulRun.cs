using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>Messages full of what must not be told to anybody, and everything that can happen to them.</summary>
internal static class EventfulRun
{
    private static readonly string[] Planted =
    [
        "planted-vendor", "planted@example.org", "+4915112345678", "PlantedFirstName", "1987-06-05", "planted-metadata", "planted-callback",
        Arena.ApiKey,
    ];

    public const string Body = """
        {"vendorData":"planted-vendor","callback":"https://example.org/planted-callback","metadata":{"m":"planted-metadata"},
         "contactDetails":{"email":"planted@example.org","phone":"+4915112345678"},
         "expectedDetails":{"first_name":"PlantedFirstName","date_of_birth":"1987-06-05"}}
        """;

    /// <summary>What was planted, and the token that Didit made; after the run.</summary>
    public static IEnumerable<string> SecretsOf(Arena arena) =>
        Planted.Append(new Uri(arena.Broker.Created.First().Text("url")!).Segments[^1]);

    /// <summary>
    /// Until six answers are there. The arena must not let Didit hand sessions back, and have a short time-out for attempts.
    /// </summary>
    public static async Task RunAsync(Arena arena)
    {
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
    }
}
