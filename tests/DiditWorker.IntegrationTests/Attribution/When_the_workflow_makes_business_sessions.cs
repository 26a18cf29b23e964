using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>Didit's list shows sessions of companies (KYB) only to who asks for them; an account without them may refuse that.</summary>
public sealed class When_the_workflow_makes_business_sessions
{
    private const int Messages = 150;
    private static readonly FaultKind[] Unclear = [FaultKind.StatusAfterCreate, FaultKind.TimeoutAfterCreate, FaultKind.ResetAfterCreate];

    [Test]
    public async Task No_message_gets_two_though_a_third_of_the_replies_is_lost()
    {
        await using var worker = await OneWorker.StartAsync(new() { BusinessWorkflows = "all" });
        for (var i = 0; i < Messages; i += 3)
        {
            LoseTheReply(worker, $"order-{i}", Unclear[i / 3 % 3]);
        }

        await worker.PublishAsync("order", Messages);
        await worker.Broker.UntilAnswersAsync(Messages);

        worker.Didit.Faults.ShouldAllBe(fault => fault.Fired == 1);
        worker.Didit.Sessions.ShouldAllBe(session => session.SessionKind == "business");
        await worker.ShouldHaveCreatedAsync(Messages);
    }

    [TestCase(403)]
    public async Task An_account_without_them_refuses_to_list_them_and_that_stops_nothing(int status)
    {
        const int old = 40;
        await using var worker = await OneWorker.StartAsync(new() { BusinessListStatus = status }, lookUpsPerMinute: 600);
        LoseTheReply(worker, "fresh-0", FaultKind.ResetAfterCreate);

        // Older than the window, so that a look-up comes first.
        await worker.PublishAsync("old", old, DateTimeOffset.UtcNow.AddDays(-3));
        await worker.PublishAsync("fresh", 1);
        var said = new List<string>();
        await Eventually.UntilAsync(
            async () =>
            {
                said.Add(await worker.Process.DiditAsync());
                return worker.Broker.Answers.Count == old + 1;
            },
            OneWorker.Bound,
            "all are answered");

        await worker.ShouldHaveCreatedAsync(old + 1);
        said.Find(text => text.Contains("paused", StringComparison.Ordinal)).ShouldBeNull();

        // It asked for them, and remembered that it may not.
        worker.Didit.Requests.Count(request => request.Operation == DiditOperation.List && request.Status == status)
            .ShouldBeInRange(1, old / 4);
    }

    private static void LoseTheReply(OneWorker worker, string vendorData, FaultKind kind) =>
        worker.Didit.AddFault(new() { Operation = DiditOperation.Create, Kind = kind, VendorData = vendorData, Count = 1 });
}
