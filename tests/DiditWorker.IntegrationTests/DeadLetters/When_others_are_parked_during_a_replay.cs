using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>What comes into the error queue meanwhile is not the run's: it neither counts nor stops it.</summary>
public sealed class When_others_are_parked_during_a_replay
{
    private const int Messages = 1_000;

    [TestCase]
    [TestCase("--wait")]
    public async Task It_goes_on_to_its_end_and_none_has_failed_again(params string[] more)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(
            Messages, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.Net.Http.HttpRequestException");

        var replay = arena.OperateAsync(
            ["dead-letters", "replay", "--group", "HttpRequest", "--yes", "--rate", "100", "--json", .. more]);
        var unrelated = 0;
        while (!replay.IsCompleted)
        {
            await arena.Broker.PublishRawAsync($"unrelated-{unrelated++}", """{"vendorData":5}""");
            await Task.WhenAny(replay, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        var run = await replay;
        unrelated.ShouldBeGreaterThan(Messages / 100, "1 % and more");
        run.ExitCode.ShouldBe(0, run.ToString());
        (run.Json.GetProperty("replayed").GetInt32(), run.Json.GetProperty("failedAgain").GetInt32()).ShouldBe((Messages, 0));
    }
}
