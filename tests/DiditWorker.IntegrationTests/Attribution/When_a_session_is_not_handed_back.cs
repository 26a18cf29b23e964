using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>
/// A create's reply is lost, and neither list nor decision shows whose the unfinished session is. Didit would hand it back, but for one of
/// its conditions; so a second create would make a second session.
/// </summary>
public sealed class When_a_session_is_not_handed_back
{
    private static readonly SimulatorSettings Nameless = new() { ListReturnsMetadata = false, DecisionReturnsMetadata = false };

    [Test]
    public async Task Since_it_has_no_url_yet_no_second_one_is_made()
    {
        await using var worker = await OneWorker.StartAsync(Nameless with { UrlDelay = TimeSpan.FromSeconds(5) }, reuse: true);
        worker.Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.ResetAfterCreate, Count = 1 });

        await worker.PublishAsync("order", 1);
        await worker.Broker.UntilAnswersAsync(1);

        ShouldHaveOneSession(worker);
    }

    [Test]
    public async Task Since_it_is_of_an_older_version_no_second_one_is_made()
    {
        await using var worker = await OneWorker.StartAsync(Nameless, reuse: true);
        worker.Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Count = 1 });
        await worker.PublishAsync("order", 1);
        await Eventually.UntilAsync(() => Task.FromResult(worker.Didit.Sessions.Count == 1), OneWorker.Bound, "the session is made");
        worker.Didit.Configure(now => now with { WorkflowVersion = 2 });

        // The reply to it tells the worker of the new version.
        await worker.PublishAsync("other", 1);
        await worker.Broker.UntilAnswersAsync(2);

        ShouldHaveOneSession(worker);
    }

    // Whether it waits for the URL, or leaves the choice to a person, it is one session and one answer.
    private static void ShouldHaveOneSession(OneWorker worker)
    {
        var session = worker.Didit.Sessions.Where(session => session.VendorData == "order-0").ShouldHaveSingleItem();
        var answer = worker.Broker.Answers.Where(answer => answer.Text("requestId") == "order-0").ShouldHaveSingleItem();
        (answer.Text("sessionId") ?? answer.Text("code")).ShouldBeOneOf(session.SessionId, "AmbiguousSession");
    }
}
