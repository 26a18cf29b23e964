using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// RabbitMQ 4.3 can keep back for a while what a consumer returns, by a policy (RabbitMQ docs, "Quorum Queues", delayed retry). Older
/// brokers do not know the policy. What is printed here is what the decision against it rests on.
/// </summary>
public sealed class When_retries_are_delayed
{
    private const int Messages = 200;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    [Test]
    public async Task Dead_letters_that_were_merely_read_are_hidden_from_the_next_reader()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(5, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");
        if (!await DelayAsync(arena, TimeSpan.FromMinutes(5)))
        {
            return;
        }

        (await arena.OperateAsync("dead-letters", "list", "--json")).Json[0].GetProperty("count").GetInt32().ShouldBe(5);
        await Eventually.UntilAsync(
            async () => (await arena.OperateAsync("dead-letters", "list"))
                .ExitCode == 3, Bound, "the second reading finds nothing, hence the warning in deploy/rabbitmq");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Everything_is_answered_once_with_and_without(bool delayed)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        if (delayed)
        {
            // The worker gives back after the shortest hold that it allows, and the broker keeps it back.
            arena.Settings["StartVerification:MaximumHold"] = "00:00:01";
            if (!await DelayAsync(arena, TimeSpan.FromSeconds(1)))
            {
                return;
            }
        }

        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("answered", """{"vendorData":"answered"}""");
        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        for (var i = 0; i < Messages; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await arena.Broker.PublishRawAsync("answered", """{"vendorData":"answered"}""");
        var duplicate = await UntilAsync(() => arena.Broker.Answers.Count == 2, Outage);
        arena.Didit.State.ClearFaults();
        arena.Didit.State.ClearRequests();
        var all = await UntilAsync(() => arena.Broker.Answers.Count >= Messages + 2, Bound);

        var lookUps = arena.Didit.State.Requests.Count(request => request.Operation == DiditOperation.List);
        await TestContext.Progress.WriteLineAsync(
            $"Delayed retry {delayed}: a duplicate behind {Messages} held messages answered after {duplicate}; all {all} after Didit's "
                + $"recovery, with {lookUps} look-up requests");
        arena.Broker.Created.Select(answer => answer.Text("requestId")).Distinct().Count().ShouldBe(Messages + 1);
        arena.Didit.State.Sessions.Count.ShouldBe(Messages + 1);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    // Null: not within the bound.
    private static async Task<string> UntilAsync(Func<bool> condition, TimeSpan bound)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await Eventually.UntilAsync(() => Task.FromResult(condition()), bound, "it");
            return $"{clock.Elapsed.TotalSeconds:0.0} s";
        }
        catch (AssertionException)
        {
            return $"more than {bound.TotalSeconds:0} s";
        }
    }

    private static async Task<bool> DelayAsync(Arena arena, TimeSpan delay)
    {
        var milliseconds = (int)delay.TotalMilliseconds;
        var known = await arena.TrySetPolicyAsync(
            new() { ["delayed-retry-type"] = "all", ["delayed-retry-min"] = milliseconds, ["delayed-retry-max"] = milliseconds });
        known.ShouldBe(arena.RabbitMq.IsAtLeast(4, 3), "only brokers that have delayed retry take the policy");
        return known;
    }
}
