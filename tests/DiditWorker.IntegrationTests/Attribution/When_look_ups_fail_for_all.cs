using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>Didit's list answers nobody, or this key may not read it; creates are welcome all the time.</summary>
public sealed class When_look_ups_fail_for_all
{
    private const int Old = 40;
    private const int Fresh = 20;
    private const int LongestRecovery = 10;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    [TestCase(403, null, null)]
    [TestCase(404, "<html><body>Not here</body></html>", "text/html")]
    public async Task Those_messages_wait_and_the_others_do_not(int status, string? body, string? type)
    {
        await using var worker = await OneWorker.StartAsync();
        worker.Didit.AddFault(new()
        {
            Operation = DiditOperation.List, Kind = FaultKind.Status, Status = status, Body = body, ContentType = type,
        });

        // Older than the window, so that a look-up comes first.
        await worker.PublishAsync("old", Old, DateTimeOffset.UtcNow.AddDays(-3));
        await Eventually.UntilAsync(() => Task.FromResult(Refused(worker).Count > 0), OneWorker.Bound, "a list is refused");
        await worker.PublishAsync("fresh", Fresh);
        await worker.Broker.UntilAnswersAsync(Fresh, seconds: 5);
        await worker.UntilPausedAsync($@"\b{status}\b");
        await Eventually.UntilAsync(
            () => Task.FromResult(Refused(worker) is var times && times[^1] - times[0] >= Length),
            OneWorker.Bound,
            "the list is asked again and again");
        await worker.PublishAsync("later", Fresh);
        await worker.Broker.UntilAnswersAsync(Fresh + Fresh, seconds: 5);
        worker.Broker.Answers.ShouldAllBe(answer => !answer.Text("requestId")!.StartsWith("old-"));

        worker.Didit.ClearFaults();
        await worker.Broker.UntilAnswersAsync(Old + Fresh + Fresh, LongestRecovery);
        await worker.ShouldHaveCreatedAsync(Old + Fresh + Fresh);
    }

    private static List<DateTimeOffset> Refused(OneWorker worker) =>
    [
        .. worker.Didit.Requests.Where(request => request is { Operation: DiditOperation.List, Status: >= 400 })
            .Select(request => request.At),
    ];
}
