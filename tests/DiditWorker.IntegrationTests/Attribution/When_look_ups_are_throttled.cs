using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>Didit's list answers 429 and says when to come back; creates are welcome all the time.</summary>
public sealed class When_look_ups_are_throttled
{
    private const int Old = 20;
    private const int Fresh = 20;
    private const int MostLists = 4;

    // Until the worker has read the first 429 it cannot know, for which a slow machine takes a second. If it went on after that, four times
    // as many would come as may.
    private const int PerMinute = 120;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(8);

    [Test]
    public async Task They_come_back_when_told_and_creates_go_on_meanwhile()
    {
        await using var worker = await OneWorker.StartAsync(lookUpsPerMinute: PerMinute);
        worker.Didit.AddFault(new()
        {
            Operation = DiditOperation.List, Kind = FaultKind.Status, Status = 429, RetryAfter = $"{RetryAfter.TotalSeconds}",
        });

        // Older than the window, so that a look-up comes first.
        await worker.PublishAsync("old", Old, DateTimeOffset.UtcNow.AddDays(-3));
        await UntilAsync(() => Lists(worker).Any(list => list.Ended is not null), "the first 429");
        var first = Lists(worker)[0].Ended!.Value;
        await worker.PublishAsync("fresh", Fresh);
        await worker.Broker.UntilAnswersAsync(Fresh, seconds: 5);
        worker.Broker.Answers.ShouldAllBe(answer => answer.At < first + RetryAfter);
        await UntilAsync(() => Lists(worker)[^1].At >= first + RetryAfter, "another list once it may come");

        var within = Lists(worker).Count(list => list.At < first + RetryAfter);
        await TestContext.Progress.WriteLineAsync($"{within} lists within Retry-After");
        within.ShouldBeInRange(1, MostLists);
        (await worker.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);

        worker.Didit.ClearFaults();
        await worker.Broker.UntilAnswersAsync(Old + Fresh);
        await worker.ShouldHaveCreatedAsync(Old + Fresh);
    }

    private static Task UntilAsync(Func<bool> condition, string what) =>
        Eventually.UntilAsync(() => Task.FromResult(condition()), OneWorker.Bound, what);

    private static List<LoggedRequest> Lists(OneWorker worker) =>
        [.. worker.Didit.Requests.Where(request => request.Operation == DiditOperation.List)];
}
