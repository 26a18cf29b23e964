using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using Shouldly;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>What somebody may find at night, made on real servers.</summary>
internal static class Situations
{
    private const string ErrorQueue = "start-verification_error";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>A worker that can be asked over HTTP.</summary>
    public static async Task<WorkerProcess> StartProcessAsync(this Arena arena)
    {
        var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        return worker;
    }

    /// <summary>Each for another person.</summary>
    public static Task PublishAsync(this Arena arena, int messages, int first = 1) => Task.WhenAll(Enumerable.Range(first, messages)
        .Select(i => arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""")));

    public static Task UntilParkedAsync(this Arena arena, uint messages) => Eventually.UntilAsync(
        async () => await arena.Broker.DepthAsync(ErrorQueue) == messages, Bound, $"{messages} messages are parked and can be read");

    /// <summary>Each for another person: <c>order-6001</c>, <c>order-6002</c> …, with a mistake of its publisher's.</summary>
    public static async Task ParkInvalidAsync(this Arena arena, int first, int count)
    {
        foreach (var i in Enumerable.Range(first, count))
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}","callbackMethod":"nobody"}""");
        }
    }

    /// <summary>Left over from an error of long ago, six days by default.</summary>
    public static async Task ParkOldAsync(this Arena arena, int first, int count)
    {
        await using var parking = await Parking.OpenAsync(arena);
        var (published, parked) = (DateTimeOffset.UtcNow.AddDays(-6).AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(-6));
        foreach (var i in Enumerable.Range(first, count))
        {
            await parking.ParkAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""", "System.TimeoutException", published, parked);
        }
    }

    /// <summary>
    /// Each wants a workflow that Didit does not know. Others want one that it knows: what is refused to everybody is the account's fault.
    /// </summary>
    public static async Task ParkRefusedAsync(this Arena arena, int first, int count)
    {
        arena.Didit.State.Configure(settings => settings with { OnlyWorkflow = Arena.Workflow });
        foreach (var i in Enumerable.Range(first, count))
        {
            var before = arena.Broker.Answers.Count;
            await arena.Broker.PublishRawAsync(
                $"order-{i}", $$"""{"vendorData":"user-{{i}}","workflowId":"99999999-2222-4333-8444-555555555555"}""");
            await arena.Broker.PublishRawAsync($"good-{i}", $$"""{"vendorData":"good-{{i}}"}""");
            await arena.Broker.UntilAnswersAsync(before + 2);
        }
    }

    /// <summary>What another payload came first for, under its id.</summary>
    public static async Task ParkMismatchAsync(this Arena arena, string id)
    {
        var before = arena.Broker.Answers.Count;
        await arena.Broker.PublishRawAsync(id, """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(before + 1);
        await arena.Broker.PublishRawAsync(id, """{"vendorData":"user-2"}""");
        await arena.Broker.UntilAnswersAsync(before + 2);
    }

    /// <summary>A message that comes days late, and a session at Didit, finished, that may be its own.</summary>
    public static async Task ParkAmbiguousAsync(this Arena arena, string id, string sessionId)
    {
        var published = DateTimeOffset.UtcNow.AddDays(-3);
        arena.Didit.State.Seed(new()
        {
            SessionId = sessionId, VendorData = "user-1", WorkflowId = Arena.Workflow, Status = "Approved",
            CreatedAt = published.AddMinutes(1),
        });
        await arena.Broker.PublishRawAsync(id, """{"vendorData":"user-1"}""", published);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Rejected.Single().Text("code").ShouldBe("AmbiguousSession");
    }
}
