using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>
/// Six kinds of faults, some beyond the window, some with sessions that are finished at Didit, some whose records Redis has lost: the plan
/// says what becomes of each, and exactly that becomes of it.
/// </summary>
public sealed class When_a_thousand_dead_letters_are_replayed
{
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow.AddDays(-3);

    private string _plan = null!;

    [SetUp]
    public void NewPlan() =>
        _plan = Path.Combine(Path.GetTempPath(), $"plan-{TestContext.CurrentContext.Test.ID}-{Environment.ProcessId}.jsonl");

    [TearDown]
    public void DeletePlan() => File.Delete(_plan);

    [Test]
    public async Task Each_comes_to_what_the_plan_says_and_none_leads_to_a_second_session()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await FillAsync(arena);
        var before = arena.Broker.Answers.Count;
        var sessionsBefore = arena.Didit.State.Sessions.Count;

        var planned = await arena.OperateAsync("dead-letters", "plan", "--look-up", "--out", _plan);
        planned.ExitCode.ShouldBe(0, planned.ToString());
        var lines = PlanFile.Read(_plan);
        lines.Count.ShouldBe(1_000);
        Counts(lines.Select(line => line.Predicted.ToString())).ShouldBe(
        [
            ("Adopt", 100), ("AnswerFromRecord", 50), ("CreateAfterLookUp", 300), ("Park", 150), ("RejectInvalid", 250),
                ("RejectMismatch", 150),
        ]);

        var replayed = await arena.OperateAsync(
            "dead-letters", "replay", "--plan", _plan, "--yes", "--wait", "--rate", "2000", "--max-failures", "1000", "--allow-expired",
            "--reason", "the test", "--json");

        replayed.ExitCode.ShouldBe(1, replayed.ToString());
        replayed.Json.GetProperty("replayed").GetInt32().ShouldBe(1_000);
        var outcomes = arena.Broker.Answers.Skip(before).ToLookup(answer => answer.Text("requestId"), StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var heard = outcomes[line.RequestId].Select(answer => answer.Text("code") ?? answer.Outcome).ToList();
            heard.ShouldContain(Expected(line.Predicted), $"{line.RequestId}: {line.Predicted}, {line.Because}");
        }

        (arena.Didit.State.Sessions.Count - sessionsBefore).ShouldBe(300);
        arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();

        // Answered, or back in the error queue: none is lost.
        (await arena.Broker.DepthAsync("start-verification")).ShouldBe(0u);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(550u);
    }

    // The simulator and the worker's own mistakes make five of the kinds; the rest is put where MassTransit would put it.
    private static async Task FillAsync(Arena arena)
    {
        await using var parking = await Parking.OpenAsync(arena);
        await PublishAsync(arena, 250, i => arena.Broker.PublishRawAsync($"invalid-{i}", """{"language":"en"}"""));
        await PublishAsync(arena, 150, i => arena.Broker.PublishRawAsync($"mismatch-{i}", $$"""{"vendorData":"m-{{i}}"}"""));
        await PublishAsync(
            arena, 150, i => arena.Broker.PublishRawAsync($"mismatch-{i}", $$"""{"vendorData":"m-{{i}}","language":"de"}"""));

        // Each in words of its own: the same words for everybody would be taken for the account's fault.
        for (var i = 0; i < 200; i++)
        {
            arena.Didit.State.AddFault(new()
            {
                Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422, VendorData = $"r-{i}",
                Body = $$"""{"detail":"Not accepted: {{(char)('a' + (i / 26))}}{{(char)('a' + (i % 26))}}."}""",
            });
        }

        await PublishAsync(arena, 200, i => arena.Broker.PublishRawAsync($"refused-{i}", $$"""{"vendorData":"r-{{i}}"}"""));
        arena.Didit.State.ClearFaults();
        for (var i = 0; i < 150; i++)
        {
            arena.Didit.State.Seed(
                new() { VendorData = $"a-{i}", WorkflowId = Arena.Workflow, Status = "Approved", CreatedAt = LongAgo.AddMinutes(1) });
        }

        await PublishAsync(arena, 150, i => arena.Broker.PublishRawAsync($"ambiguous-{i}", $$"""{"vendorData":"a-{{i}}"}""", LongAgo));
        for (var i = 0; i < 100; i++)
        {
            var key = IdempotencyKey.Create("start-verification", $"exhausted-{i}").ToString();
            arena.Didit.State.Seed(new()
            {
                VendorData = $"e-{i}", WorkflowId = Arena.Workflow, Status = "Approved", CreatedAt = DateTimeOffset.UtcNow,
                Metadata = System.Text.Json.JsonSerializer.SerializeToElement(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["diditworker_key"] = key }),
            });
        }

        await parking.ParkManyAsync(
            100, i => ($"exhausted-{i}", $$"""{"vendorData":"e-{{i}}"}"""), "DiditWorker.Verification.AttemptsExhaustedException");
        await parking.ParkManyAsync(100, i => ($"fresh-{i}", $$"""{"vendorData":"f-{{i}}"}"""), "System.Net.Http.HttpRequestException");
        await parking.ParkManyAsync(50, i => ($"mismatch-{i}", $$"""{"vendorData":"m-{{i}}"}"""), "System.Net.Http.HttpRequestException");
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        var lost = Enumerable.Range(0, 100).Select(i => $"refused-{i}").Concat(Enumerable.Range(0, 75).Select(i => $"ambiguous-{i}"));
        await redis.GetDatabase().KeyDeleteAsync([.. lost.Select(id => (RedisKey)arena.RedisKey(id))]);
    }

    private static async Task PublishAsync(Arena arena, int count, Func<int, Task> publish)
    {
        var before = arena.Broker.Answers.Count;
        await Task.WhenAll(Enumerable.Range(0, count).Select(publish));
        await arena.Broker.UntilAnswersAsync(before + count);
    }

    private static string Expected(Predicted predicted) => predicted switch
    {
        Predicted.Adopt => "adopted",
        Predicted.AnswerFromRecord => "replayed",
        Predicted.CreateAfterLookUp => "created",
        Predicted.Park => "AmbiguousSession",
        Predicted.RejectInvalid => "InvalidMessage",
        Predicted.RejectMismatch => "PayloadMismatch",
        _ => throw new ArgumentOutOfRangeException(nameof(predicted), predicted, message: null),
    };

    private static List<(string, int)> Counts(IEnumerable<string> names) =>
        [.. names.GroupBy(name => name, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)];
}
