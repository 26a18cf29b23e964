using System.Runtime.CompilerServices;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>
/// Somebody on call finds what the runbook describes and does what it says. A test has the name of a section: it makes the section's
/// situation, and runs its blocks in order.
/// </summary>
public sealed class When_the_runbook_is_followed
{
    // As the runbook has them.
    private const string Ambiguous = "order-5002";
    private const string Candidate = "b90b8767-928e-4545-a82d-8c4a9148d103";

    [Test]
    public Task The_error_queue_grows() => RehearseAsync(async section =>
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await arena.ParkMismatchAsync("order-7001");
        await arena.ParkRefusedAsync(8001, 12);
        await arena.ParkInvalidAsync(6001, 40);
        await arena.ParkOldAsync(4001, 25);

        await section.NextBlockAsync(arena, 78, 78);
        await section.NextBlockAsync(arena, 78);

        arena.Didit.State.Configure(settings => settings with { OnlyWorkflow = null });
        await section.NextBlockAsync(arena, 77);
        arena.Didit.State.Duplicates().PerVendorData.ShouldBeEmpty();

        await arena.ParkRefusedAsync(8101, 2);
        await section.NextBlockAsync(arena, 67);
        await arena.UntilParkedAsync(67);
    });

    [Test]
    public Task Didit_was_down() => RehearseAsync(async section =>
    {
        const int messages = 30;
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:BreakDuration"] = "00:00:10";
        await using var worker = await arena.StartProcessAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        await arena.PublishAsync(messages);
        await worker.UntilDiditSaysAsync("creates paused");

        section.Worker = worker;
        await section.NextBlockAsync(arena);

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(messages);
        arena.Broker.Rejected.ShouldBeEmpty();
    });

    [Test]
    public Task A_key_was_revoked() => RehearseAsync(async section =>
    {
        using var folder = new TemporaryFolder();
        await using var arena = await Arena.OpenAsync();
        await File.WriteAllTextAsync(folder.File("key"), Arena.ApiKey);
        arena.Settings.Remove("Didit:ApiKey");
        arena.Settings["Didit:ApiKeyFile"] = folder.File("key");
        arena.Settings["Didit:RefusedPause"] = "00:00:10";
        await using var worker = await arena.StartProcessAsync();
        arena.Didit.State.Configure(settings => settings with { ApiKey = "planted-api-key-new" });
        await arena.PublishAsync(1);
        await worker.UntilDiditSaysAsync("creates paused");

        section.Worker = worker;
        await section.NextBlockAsync(arena);

        await File.WriteAllTextAsync(folder.File("key"), "planted-api-key-new");
        await arena.Broker.UntilAnswersAsync(1);

        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 402 });
        await arena.PublishAsync(1, first: 2);
        await worker.UntilDiditSaysAsync("creates paused");
        await section.NextBlockAsync(arena);

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(2);
        arena.Broker.Rejected.ShouldBeEmpty();
    });

    [Test]
    public Task Pause_creates_and_resume() => RehearseAsync(async section =>
    {
        await using var arena = await Arena.OpenAsync();
        await using var worker = await arena.StartProcessAsync();
        await section.NextBlockAsync(arena);
        await worker.UntilDiditSaysAsync("creates paused");
        await arena.PublishAsync(1);

        section.Worker = worker;
        await section.NextBlockAsync(arena);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Rejected.ShouldBeEmpty();
    });

    [Test]
    public Task A_message_is_parked_as_AmbiguousSession() => RehearseAsync(async section =>
    {
        await using (var arena = await Arena.OpenAsync())
        {
            await arena.StartWorkerAsync();
            await arena.ParkAmbiguousAsync(Ambiguous, Candidate);
            await section.NextBlockAsync(arena, 1);
            await section.NextBlockAsync(arena, 1, 1);
            arena.Broker.Created.Single().Text("sessionId").ShouldBe(Candidate);
        }

        await using var other = await Arena.OpenAsync();
        await other.StartWorkerAsync();
        await other.ParkAmbiguousAsync(Ambiguous, Candidate);
        await section.NextBlockAsync(other, 1, 1);
        other.Broker.Created.Single().Text("sessionId").ShouldNotBe(Candidate);
    });

    [Test]
    public Task Replay_last_week_s_dead_letters() => RehearseAsync(async section =>
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await arena.ParkOldAsync(4001, 25);
        await section.NextBlockAsync(arena, 25, 25);
        await arena.UntilParkedAsync(0);
        arena.Didit.State.Sessions.Count.ShouldBe(25);
    });

    [Test]
    public Task Put_away_or_move_to_another_broker() => RehearseAsync(async section =>
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.ParkInvalidAsync(6002, 39);
        await section.NextBlockAsync(arena, 39, 0, 0, 39);
    });

    [Test]
    public Task Is_there_one_session_for_each_request() => RehearseAsync(async section =>
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await using var world = new Reconcile.ReconciledWorld(arena);
        await world.AnswerAsync(20);
        world.Session(Reconcile.ReconciledWorld.Key(7));
        await section.NextBlockAsync(arena);
        arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();
    });

    [Test]
    public Task Redis_lost_its_data() => RehearseAsync(async section =>
    {
        await using var arena = await Arena.OpenAsync();
        await arena.OnRedisAsync(redis => redis.KeyDeleteAsync(arena.KeyPrefix + "{horizon}"));
        await arena.StartWorkerAsync();
        await arena.PublishAsync(1);
        await arena.Broker.UntilAnswersAsync(1);
        await section.NextBlockAsync(arena);
    });

    private static async Task RehearseAsync(Func<RehearsedSection, Task> situation, [CallerMemberName] string name = "")
    {
        using var section = new RehearsedSection(Runbook.Sections.Single(one => one.Name == name));
        try
        {
            await situation(section);
        }
        finally
        {
            // What goes wrong in a situation may come of a command that did something else than the runbook says.
            section.RequireNoDifference();
        }

        section.RequireAll();
    }
}
