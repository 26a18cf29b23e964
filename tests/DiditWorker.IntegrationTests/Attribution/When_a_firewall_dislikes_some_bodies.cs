using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>One message in ten is answered with a page, for ever; all others are welcome.</summary>
public sealed class When_a_firewall_dislikes_some_bodies
{
    private const int Messages = 150;
    private const int MaximumAttempts = 4;

    // Failures just after the start, before anybody else has succeeded, need not count.
    private const int MostUncounted = 3;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, DateTimeOffset> _published = new(StringComparer.Ordinal);
    private readonly List<string> _said = [];

    [SetUp]
    public void Forget()
    {
        _published.Clear();
        _said.Clear();
    }

    [Test]
    public async Task The_others_do_not_wait_and_those_are_parked_after_their_attempts()
    {
        await using var worker = await OneWorker.StartAsync(maximumAttempts: MaximumAttempts);
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; i < Messages; i++)
        {
            if (i % 10 == 5)
            {
                Dislike(worker, $"bad-{i}");
            }

            await PublishAsync(worker, i % 10 == 5 ? $"bad-{i}" : $"good-{i}");
            await pace.WaitForNextTickAsync();
        }

        ShouldNotHavePaused();
        await Eventually.UntilAsync(
            async () =>
            {
                // Others go on succeeding: alone, the bad ones would not be known to be at fault.
                await PublishAsync(worker, $"later-{_published.Count}");
                return worker.Broker.Rejected.Count() == Messages / 10;
            },
            OneWorker.Bound,
            "the bad ones are parked");
        await worker.Broker.UntilAnswersAsync(_published.Count);

        ShouldHaveWaitedFor(worker.Broker.Created.ToList());
        ShouldNotHavePaused();
        worker.Broker.Rejected.ShouldAllBe(answer => answer.Text("requestId")!.StartsWith("bad-"));
        worker.Broker.Rejected.ShouldAllBe(answer => answer.Text("code") == "AttemptsExhausted");
        worker.Didit.Requests.Where(request => request.Fault is not null).CountBy(request => request.VendorData!)
            .ShouldAllBe(bad => bad.Value >= MaximumAttempts && bad.Value <= MaximumAttempts + MostUncounted);
        worker.Didit.Duplicates().PerVendorData.ShouldBeEmpty();
    }

    private void ShouldNotHavePaused() => _said.Find(text => text.Contains("paused", StringComparison.Ordinal)).ShouldBeNull();

    private void ShouldHaveWaitedFor(List<WireAnswer> created)
    {
        var waits = created.Select(answer => answer.At - _published[answer.Text("requestId")!]).Order().ToList();
        waits.Count.ShouldBe(_published.Count - (Messages / 10));
        var (half, most) = (waits[waits.Count / 2], waits[waits.Count * 95 / 100]);
        TestContext.Progress.WriteLine($"the others waited {half.TotalSeconds:0.00} s (half), {most.TotalSeconds:0.00} s (95 %)");
        most.ShouldBeLessThan(Soon);
    }

    private static void Dislike(OneWorker worker, string id) => worker.Didit.AddFault(new()
    {
        Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 403, VendorData = id, ContentType = "text/html",
        Body = "<html><head><title>Request blocked</title></head><body>Your request was blocked.</body></html>",
    });

    private async Task PublishAsync(OneWorker worker, string id)
    {
        _published[id] = DateTimeOffset.UtcNow;
        await worker.Broker.PublishRawAsync(id, $$"""{"vendorData":"{{id}}"}""");
        _said.Add(await worker.Process.DiditAsync());
    }
}
