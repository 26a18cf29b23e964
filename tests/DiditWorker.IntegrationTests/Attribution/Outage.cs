using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>Some seconds in which no create of anybody succeeds.</summary>
internal static class Outage
{
    private const int LongestRecovery = 10;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Publishes so many messages into it, and sees that health says why, that nothing is parked, refused or stored, and that all are
    /// answered soon after it.
    /// </summary>
    /// <param name="worker">The worker; Didit refuses its creates already.</param>
    /// <param name="messages">How many.</param>
    /// <param name="why">A regular expression for what health says.</param>
    /// <param name="mend">Ends it.</param>
    public static async Task ShouldHurtNobodyAsync(this OneWorker worker, int messages, string why, Action mend)
    {
        var answered = worker.Broker.Answers.Count;
        await worker.PublishAsync("order", messages);
        await worker.UntilPausedAsync(why);
        await UntilRefusedFor(worker, Length);
        await worker.UntilPausedAsync(why);

        worker.Broker.Answers.Count.ShouldBe(answered);
        (await worker.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        (await worker.RecordsAsync()).GetValueOrDefault('R').ShouldBe(0, "records of a refusal");
        var asked = Refused(worker).Count();

        mend();
        var recovery = Stopwatch.StartNew();
        await worker.Broker.UntilAnswersAsync(answered + messages, LongestRecovery);
        await TestContext.Progress.WriteLineAsync($"{asked} refused creates; all answered {recovery.Elapsed.TotalSeconds:0.0} s after it");

        await worker.ShouldHaveCreatedAsync(answered + messages);
        await worker.Process.UntilDiditSaysAsync("no pause");
    }

    private static Task UntilRefusedFor(OneWorker worker, TimeSpan length) => Eventually.UntilAsync(
        () =>
        {
            var times = Refused(worker).Select(request => request.At).ToList();
            return Task.FromResult(times.Count > 0 && times[^1] - times[0] >= length);
        },
        OneWorker.Bound,
        $"a create is refused {length.TotalSeconds} s after the first one was");

    private static IEnumerable<LoggedRequest> Refused(OneWorker worker) =>
        worker.Didit.Requests.Where(request => request is { Operation: DiditOperation.Create, Status: >= 400 });
}
