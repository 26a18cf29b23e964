using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>401 or 402 to everything, on real processes that are ended meanwhile.</summary>
public sealed class When_didit_refuses_the_account
{
    private const int Messages = 40;
    private const int Probes = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [TestCase(401, "credentials_refused", false)]
    [TestCase(402, "credits_missing", true)]
    public async Task One_message_probes_per_pause_and_all_are_answered_once_it_is_over(int status, string reason, bool kill)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.LetLeasesEndSoon();
        arena.Settings["Didit:RefusedPause"] = Pause.ToString("c");
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = status });
        await using (var before = WorkerProcess.Start(arena.Settings))
        {
            await before.UntilReadyAsync();
            for (var i = 0; i < Messages; i++)
            {
                await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
            }

            await ShouldProbeAsync(arena, before, status, reason);
            await (kill ? before.KillAsync() : before.TerminateAsync());
        }

        arena.Didit.State.ClearRequests();
        await using var after = WorkerProcess.Start(arena.Settings);
        await ShouldProbeAsync(arena, after, status, reason);
        arena.Broker.Answers.ShouldBeEmpty();

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(1, seconds: 10);
        await arena.Broker.UntilAnswersAsync(Messages);
        arena.Broker.Created.Select(a => a.Text("requestId")).Distinct().Count().ShouldBe(Messages);
        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        await after.UntilDiditSaysAsync("no pause");
    }

    // What was under way when the first refusal came is refused as well, or has no reply in time; then there is one request per pause.
    private static async Task ShouldProbeAsync(Arena arena, WorkerProcess worker, int status, string reason)
    {
        await worker.UntilDiditSaysAsync($"({reason}): ");
        var settled = DateTimeOffset.UtcNow + TimeSpan.Parse(arena.Settings["Didit:AttemptTimeout"]!, CultureInfo.InvariantCulture);
        (await worker.DiditAsync()).ShouldContain($"{status}");
        var gaps = new List<TimeSpan>();
        await Eventually.UntilAsync(
            () =>
            {
                var arrivals = arena.Didit.State.Requests.Select(r => r.At).Where(at => at > settled).Order().ToList();
                gaps = arrivals.Zip(arrivals.Skip(1), (one, next) => next - one).ToList();
                return Task.FromResult(gaps.Count >= Probes);
            },
            Bound,
            "probes");
        gaps.ShouldAllBe(gap => gap >= Pause);
    }
}
