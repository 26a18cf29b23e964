using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Probing;

/// <summary>
/// <c>diditworker probe --window</c>, through the command line; what it finds is tested with a clock of its own in the fast tests.
/// </summary>
public sealed class When_the_window_is_asked_for
{
    [Test]
    public async Task Without_yes_nothing_is_sent_and_with_it_keys_are_remembered_and_no_session_is_left()
    {
        using var folder = new TemporaryFolder();
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain with { Header = HeaderMode.Honoured });
        var file = folder.File("window.json");

        (await didit.RunAsync("--window", file)).ExitCode.ShouldBe(0);
        didit.State.Requests.ShouldBeEmpty();
        File.Exists(file).ShouldBeFalse();

        (await didit.RunAsync("--window", file, "--yes")).ExitCode.ShouldBe(0);
        File.ReadAllText(file).ShouldNotContain(Probe.ApiKey);
        didit.State.Sessions.Count.ShouldBeGreaterThan(0);
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
    }

    [Test]
    public async Task What_has_no_meaning_with_it_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var didit = await SimulatorServer.StartAsync();

        var ended = await didit.RunAsync("--window", folder.File("window.json"), "--keep", "--tries", "3");

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain("--keep has no meaning with --window");
        ended.Notes.ShouldContain("--tries has no meaning with --window");
        didit.State.Requests.ShouldBeEmpty();
    }
}
