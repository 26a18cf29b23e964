using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>Three replicas against a Didit that counts like the real one: in a sliding window of 60 seconds, which this test outlasts.</summary>
public sealed class When_replicas_share_the_rate
{
    private const int Creates = 2000;
    private const int PerMinute = 1200;

    [Test]
    public async Task They_use_what_is_allowed_and_hardly_ever_more()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { RequestsPerMinute = PerMinute });
        arena.Settings["Didit:RequestsPerMinute"] = $"{PerMinute}";
        for (var replica = 0; replica < 3; replica++)
        {
            await arena.StartWorkerAsync();
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, Creates), async (i, _) =>
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""));
        await arena.Broker.UntilAnswersAsync(Creates, seconds: 240);

        var creates = arena.Didit.State.Requests.Where(r => r.Operation == DiditOperation.Create).ToList();
        var throttled = creates.Count(r => r.Status == 429);
        var minutes = (creates[^1].At - creates[0].At).TotalMinutes;
        var used = (Creates - 1) / (minutes * PerMinute);
        await TestContext.Out.WriteLineAsync($"{Creates} creates in {minutes * 60:0.0} s: {used:P1} of the rate used, {throttled} answered 429");

        arena.Didit.State.Sessions.Count.ShouldBe(Creates);
        throttled.ShouldBeLessThanOrEqualTo(Creates / 200);
        used.ShouldBeGreaterThanOrEqualTo(0.97);
    }
}
