using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>The one promise was broken, by whatever: the worker says so, once it sees it.</summary>
public sealed class When_a_duplicate_session_is_seen
{
    private const string Other =
        "=22222222-0000-4000-8000-000000000002||=https://v/other|A|=11111111-2222-4333-8444-555555555555|8df4a2277412000";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public async Task By_a_look_up_that_finds_two_with_one_key()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await using var worker = await StartAsync(arena);
        await CreateAsync(arena);
        await CreateAsync(arena);
        (await CountAsync(worker, "lookup")).ShouldBe(0);

        // Older than the window, so it looks up.
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", DateTimeOffset.UtcNow.AddDays(-2));
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("code").ShouldBe("AmbiguousSession");
        await UntilCountedAsync(worker, "lookup");
        (await CountAsync(worker, "record")).ShouldBe(0);
    }

    [Test]
    public async Task By_a_create_whose_record_has_another_session()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(1) });
        await using var worker = await StartAsync(arena);
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count == 1), Bound, "the create is under way");

        // As if Redis had lost the record, and another worker had been quicker with a copy of the message.
        await using var redis = new RedisConnection(arena.Settings["ConnectionStrings:Redis"]!);
        var before =
            IdempotencyRecord.Parse((string)(await (await redis.DatabaseAsync()).StringGetDeleteAsync(arena.RedisKey("order-1")))!);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var store = new IdempotencyStore(
            redis, new() { KeyPrefix = arena.Settings["Idempotency:KeyPrefix"]! }, TimeSpan.FromDays(1), new(key: null),
            ActivatorUtilities.CreateInstance<WorkerMetrics>(services));
        (await store.ClaimAsync(Key, before.Fingerprint, "other")).Owned.ShouldBeTrue();
        (await store.CompleteAsync(Key, RecordState.Completed, before.Fingerprint, "other", DateTimeOffset.UtcNow, Other)).ShouldBeTrue();
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe("22222222-0000-4000-8000-000000000002");
        await UntilCountedAsync(worker, "record");
        await worker.UntilOutputAsync(
            $"{Key}: a duplicate session: Didit made {arena.Didit.State.Sessions.Single().SessionId}, but the record has "
                + "22222222-0000-4000-8000-000000000002");
    }

    // The exporter gives the same text again for 300 ms (PrometheusAspNetCoreOptions.ScrapeResponseCacheDurationMilliseconds).
    private static Task UntilCountedAsync(WorkerProcess worker, string foundBy) =>
        Eventually.UntilAsync(async () => await CountAsync(worker, foundBy) == 1, Bound, $"one duplicate session, found by {foundBy}");

    private static async Task<double?> CountAsync(WorkerProcess worker, string foundBy) =>
        new Scrape(await worker.GetAsync("/metrics")).Value("diditworker_duplicate_sessions_total", $"found_by=\"{foundBy}\"");

    private static async Task<WorkerProcess> StartAsync(Arena arena)
    {
        var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        return worker;
    }

    private static async Task CreateAsync(Arena arena)
    {
        using var http = new HttpClient { BaseAddress = arena.Didit.Address };
        http.DefaultRequestHeaders.Add("x-api-key", Arena.ApiKey);
        var body = $$"""{"vendor_data":"user-1","workflow_id":"{{Arena.Workflow}}","metadata":{"diditworker_key":"{{Key}}"} }""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri("/v3/session/", UriKind.Relative), content)).EnsureSuccessStatusCode();
    }
}
