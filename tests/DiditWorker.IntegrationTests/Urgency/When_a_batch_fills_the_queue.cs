using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

/// <summary>
/// Didit as it is documented: 300 creates a minute, counted in a sliding window, and 300 ms for each. Three replicas as processes, 5,000
/// messages in the queue.
/// </summary>
[Category("Long")]
public sealed class When_a_batch_fills_the_queue
{
    private const int Replicas = 3;
    private const int Batch = 5000;
    private const int PerMinute = 300;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Measured = TimeSpan.FromMinutes(3);
    private readonly Dictionary<string, DateTimeOffset> _published = new(StringComparer.Ordinal);
    private Arena _arena = null!;
    private WorkerProcess[] _workers = [];

    [SetUp]
    public async Task StartAsync()
    {
        _arena = await Arena.OpenAsync(didit: new() { RequestsPerMinute = PerMinute, CreateDelay = TimeSpan.FromMilliseconds(300) });
        _arena.Settings["Didit:RequestsPerMinute"] = $"{PerMinute}";
        _workers = [.. Enumerable.Range(0, Replicas).Select(_ => WorkerProcess.Start(_arena.Settings))];
        await Task.WhenAll(_workers.Select(worker => worker.UntilReadyAsync()));
        await _arena.Broker.PublishBacklogAsync(0, Batch);
        await _arena.Broker.UntilAnswersAsync(25, (int)Bound.TotalSeconds);
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _arena.DisposeAsync();
    }

    [Test]
    public async Task An_urgent_request_is_answered_within_seconds_and_the_rate_is_used()
    {
        var begun = await PublishAsync(every: TimeSpan.FromSeconds(2));
        await UntilAnsweredAsync();

        var waits = Report(begun);
        Used(begun).ShouldBeGreaterThanOrEqualTo(0.97);
        if (_arena.RabbitMq.SortsByPriority)
        {
            waits[(int)Math.Ceiling(waits.Count * 0.99) - 1].ShouldBeLessThanOrEqualTo(_arena.RabbitMq.IsAtLeast(4, 3) ? 3 : 10);
        }
    }

    // As many urgent ones as the whole rate allows.
    [Test]
    public async Task The_batch_gets_its_share_while_urgent_ones_take_all_they_can_get()
    {
        var begun = await PublishAsync(every: TimeSpan.FromMinutes(1) / PerMinute);

        Report(begun);
        var answered = _arena.Broker.Created.Where(answer => answer.At >= begun && answer.At < begun + Measured).ToList();
        var share = answered.Count(answer => !_published.ContainsKey(Id(answer))) / (double)answered.Count;
        await TestContext.Out.WriteLineAsync($"the batch got {share:P1} of {answered.Count} answers");
        Used(begun).ShouldBeGreaterThanOrEqualTo(0.97);
        share.ShouldBeGreaterThanOrEqualTo(0.19);
    }

    private async Task<DateTimeOffset> PublishAsync(TimeSpan every)
    {
        var begun = TimeProvider.System.GetUtcNow();
        using var timer = new PeriodicTimer(every);
        while (TimeProvider.System.GetUtcNow() is var now && now < begun + Measured)
        {
            var id = $"urgent-{_published.Count}";
            _published[id] = now;
            await _arena.Broker.PublishUrgentAsync(id, $$"""{"vendorData":"{{id}}"}""");
            await timer.WaitForNextTickAsync();
        }

        return begun;
    }

    private Task UntilAnsweredAsync() => Eventually.UntilAsync(
        () => Task.FromResult(_published.Keys.Except(_arena.Broker.Created.Select(Id), StringComparer.Ordinal).Any() is false),
        Bound, "every urgent one is answered");

    // Seconds, the shortest first.
    private List<double> Report(DateTimeOffset begun)
    {
        var waits = _arena.Broker.Created.Where(answer => _published.ContainsKey(Id(answer)))
            .Select(answer => (answer.At - _published[Id(answer)]).TotalSeconds).Order().ToList();
        TestContext.Out.WriteLine(
            $"RabbitMQ {_arena.RabbitMq.Version}: {waits.Count} of {_published.Count} urgent ones answered; 50 % within {At(0.5):0.00} s, "
            + $"90 % {At(0.9):0.00} s, 99 % {At(0.99):0.00} s, all {waits[^1]:0.00} s; {Used(begun):P1} of the rate used, "
            + $"{Creates().Count(create => create.Status == 429)} times 429");
        return waits;

        double At(double share) => waits[Math.Max(0, (int)Math.Ceiling(waits.Count * share) - 1)];
    }

    private double Used(DateTimeOffset begun) =>
        Creates().Count(create => create.At >= begun && create.At < begun + Measured) / (PerMinute * Measured.TotalMinutes);

    private IEnumerable<LoggedRequest> Creates() =>
        _arena.Didit.State.Requests.Where(request => request.Operation == DiditOperation.Create);

    private static string Id(WireAnswer answer) => answer.Text("requestId")!;
}
