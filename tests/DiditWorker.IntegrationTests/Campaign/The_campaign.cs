using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>
/// Two workers, a broker, Redis and Didit as processes, with messages coming in and faults of every kind, from a seed. See README.md.
/// </summary>
[Category("Campaign")]
public sealed class The_campaign
{
    private const int MostShown = 5;
    private static readonly TimeSpan DrainBound = TimeSpan.FromMinutes(4);

    [Test]
    public async Task Leaves_one_session_and_one_answer_for_every_message()
    {
        var settings = CampaignSettings.FromEnvironment();
        await TestContext.Progress.WriteLineAsync(
            $"Campaign: seed {settings.Seed}, {settings.Duration.TotalMinutes:0.##} minutes, history {settings.HistoryFile}");
        await using var world = await CampaignWorld.OpenAsync(settings);
        var failure = await RunAsync(world);
        var violations = new List<Violation>(await new Checker(
            world.Ledger, world.Didit, world.History, world.Replicas, world.Strange, world.RabbitMq.ConnectionString).RunAsync());
        if (failure is not null)
        {
            violations.Insert(0, new(null, null, failure));
        }

        var report = await CampaignReport.WriteAsync(world, violations, MostShown);
        await TestContext.Progress.WriteLineAsync(report);
        Assert.That(violations, Is.Empty, report);
    }

    // What kept it from running to its end; none if nothing did.
    private static async Task<string?> RunAsync(CampaignWorld world)
    {
        using var driver = new Driver(world.Settings.Seed, world.Ledger, world.Publisher, world.History);
        using var stop = new CancellationTokenSource();
        using var end = new CancellationTokenSource(world.Settings.Duration);
        var publishing = Task.WhenAll(driver.RunAsync(stop.Token), world.Strange.RunAsync(stop.Token));
        string? failure = null;
        try
        {
            await new FaultSchedule(world, driver).RunAsync(end.Token);
        }
        catch (Exception exception)
        {
            failure = "the schedule broke off: " + exception;
            await world.MendAsync();
        }

        await stop.CancelAsync();
        await publishing;
        try
        {
            await driver.SetModeAsync(PublishMode.Everything);
            await driver.FinishAsync();
            await world.DrainAsync(DrainBound);
        }
        catch (Exception exception)
        {
            failure += "\nnot drained: " + exception.Message;
            await world.TerminateAllAsync();
        }

        return failure;
    }
}
