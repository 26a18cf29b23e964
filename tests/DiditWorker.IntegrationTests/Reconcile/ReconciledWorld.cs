using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace DiditWorker.IntegrationTests.Reconcile;

/// <summary>Sessions at Didit and the records of them, as workers would have left them, and what is planted among them.</summary>
internal sealed class ReconciledWorld(Arena arena) : IAsyncDisposable
{
    public const string OtherWorkflow = "99999999-2222-4333-8444-555555555555";

    private const string Fingerprint = "1.NWoZK3kTsExUV00Ywo1G5jlUKKs-yPYbHCYa7RLjZ_0";
    private const int AtOnce = 500;

    // In the order of their making, as Didit lists them.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RedisConnection _redis = new(arena.Redis.ConnectionString);
    private readonly DateTimeOffset _begin = DateTimeOffset.UtcNow.AddHours(-6);
    private int _made;

    public static IdempotencyKey Key(int request) => IdempotencyKey.Create("start-verification", $"order-{request}");

    /// <summary>Requests that were answered with a session of their own.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">The workflow of the first one.</param>
    public async Task<IReadOnlyList<SimulatedSession>> AnswerAsync(int count, string first = Arena.Workflow)
    {
        var answered = new List<SimulatedSession>(count);
        var meters = _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        var store = new IdempotencyStore(
            _redis, new() { KeyPrefix = arena.KeyPrefix }, TimeSpan.FromDays(1), new(key: null), new WorkerMetrics(meters));
        foreach (var some in Enumerable.Range(0, count).Chunk(AtOnce))
        {
            var sessions = some.Select(i => Session(Key(i), workflow: i == 0 ? first : Arena.Workflow)).ToList();
            await Task.WhenAll(some.Zip(sessions, (i, session) => StoreAsync(store, Key(i), session)));
            answered.AddRange(sessions);
        }

        return answered;
    }

    /// <summary>A session that no create of this worker has made.</summary>
    public SimulatedSession Session(IdempotencyKey? key, string status = "Not Started", string workflow = Arena.Workflow) =>
        arena.Didit.State.Seed(new()
        {
            VendorData = $"user-{_made}", WorkflowId = workflow, Status = status, CreatedAt = _begin + (_made++ * Step),
            Metadata = key is null ? null : JsonSerializer.SerializeToElement(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["diditworker_key"] = $"{key}" }),
        });

    /// <summary>Somebody deletes it in Didit's console.</summary>
    public async Task DeleteAsync(SimulatedSession session)
    {
        using var http = new HttpClient { BaseAddress = arena.Didit.Address };
        http.DefaultRequestHeaders.Add("x-api-key", Arena.ApiKey);
        (await http.DeleteAsync(new Uri($"v3/session/{session.SessionId}/delete/", UriKind.Relative))).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static async Task StoreAsync(IdempotencyStore store, IdempotencyKey key, SimulatedSession session)
    {
        (await store.ClaimAsync(key, Fingerprint, "owner-a-16-chars")).Owned.ShouldBeTrue();
        var answer = new DiditSession
        {
            Id = session.SessionId, Number = session.SessionNumber, Url = session.Url, Status = session.Status,
            WorkflowId = session.WorkflowId, CreatedAt = session.CreatedAt.AddSeconds(1),
        };
        (await store.CompleteAsync(
            key, RecordState.Completed, Fingerprint, "owner-a-16-chars", session.CreatedAt, answer.ToPayload())).ShouldBeTrue();
    }
}
