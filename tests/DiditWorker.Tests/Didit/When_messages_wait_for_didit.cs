using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_messages_wait_for_didit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private FakeTimeProvider _time = null!;
    private Gate _gate = null!;

    [SetUp]
    public void Start()
    {
        _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        _gate = new(_time);
    }

    [Test]
    public void Nobody_waits_without_a_pause() => _gate.EnterAsync(default, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();

    [Test]
    public async Task One_probes_when_the_pause_is_over_and_the_rest_follow_its_success()
    {
        Close(seconds: 1);
        var waiters = Enumerable.Range(0, 100).Select(_ => ThroughAsync()).ToList();
        waiters.ShouldAllBe(w => !w.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(waiters).WaitAsync(Soon);

        // Each leaves with a success, which lets the next ones in.
        async Task ThroughAsync()
        {
            using var turn = await _gate.EnterAsync(default, CancellationToken.None);
            _gate.Succeeded(_time.GetUtcNow());
        }
    }

    [Test]
    public async Task The_urgent_ones_go_first_and_of_equal_ones_the_older()
    {
        Close(seconds: 1);
        var (now, gone) = (_time.GetUtcNow(), new List<string>());
        (string Name, Precedence Precedence)[] coming =
            [("young", new(0, now)), ("old", new(0, now.AddHours(-1))), ("urgent", new(5, now)), ("most", new(255, now))];
        var waiters = coming.Select(one => ThroughAsync(one.Name, one.Precedence)).ToList();

        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(waiters).WaitAsync(Soon);

        gone.ShouldBe(["most", "urgent", "old", "young"]);

        async Task ThroughAsync(string name, Precedence precedence)
        {
            using var turn = await _gate.EnterAsync(precedence, CancellationToken.None);
            lock (gone)
            {
                gone.Add(name);
            }

            if (gone.Count == 1)
            {
                // So the rest follow on the ramp.
                _gate.Succeeded(_time.GetUtcNow());
            }
        }
    }

    [Test]
    public async Task Who_comes_does_not_overtake_an_urgent_one_that_waits()
    {
        Close(seconds: 1);
        using var leaving = new CancellationTokenSource();
        var waiter = _gate.EnterAsync(new(5), leaving.Token);
        _gate.Hold(PauseReasons.Operator, new(PauseReasons.Operator, "test", _time.GetUtcNow(), DateTimeOffset.MaxValue));
        _time.Advance(TimeSpan.FromSeconds(1));

        _gate.TryEnter(new(4), out _).ShouldBeFalse();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiter);
        _gate.Hold(PauseReasons.Operator, null);

        _gate.TryEnter(new(4), out _).ShouldBeTrue("the one that waited has left");
    }

    [Test]
    public async Task A_second_pause_can_be_waited_for_as_well()
    {
        Close(seconds: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        _gate.Succeeded(_time.GetUtcNow());
        Close(seconds: 1);
        var waiter = _gate.EnterAsync(default, CancellationToken.None);
        waiter.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));

        await waiter.WaitAsync(Soon);
    }

    [Test]
    public async Task Who_waits_behind_a_probe_does_not_spin_and_goes_when_it_leaves()
    {
        Close(seconds: 60);
        _time.Advance(TimeSpan.FromSeconds(60));
        _gate.TryEnter(default, out var probe).ShouldBeTrue();
        var waiter = _gate.EnterAsync(default, CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(49));
        waiter.IsCompleted.ShouldBeFalse();

        probe.Dispose();

        await waiter.WaitAsync(Soon);
    }

    [Test]
    public async Task A_wait_can_be_cancelled_and_takes_no_turn()
    {
        using var leaving = new CancellationTokenSource();
        Close(seconds: 60);
        var waiter = _gate.EnterAsync(default, leaving.Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiter);
        _time.Advance(TimeSpan.FromSeconds(60));
        _gate.TryEnter(default, out _).ShouldBeTrue();
    }

    [Test]
    public async Task The_gauge_shows_reason_and_operation_and_falls_back_to_zero([Values] Operation operation)
    {
        var meters = NoMetrics.Factory();
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(500, []), _time, new(meters));
        using var gauge = new MetricCollector<int>(meters, "DiditWorker", "diditworker.consumer.paused");
        foreach (var reason in PauseReasons.All)
        {
            didit.Pipeline.Of(operation).Gate.Close(TimeSpan.FromMinutes(1), reason, "402", _time.GetUtcNow());

            Shown(gauge, value: 1).ShouldBe([$"{(operation == Operation.Create ? "create" : "read")} {reason}"]);
            Shown(gauge, value: 0).Count.ShouldBe((2 * PauseReasons.All.Count) - 1);
            didit.Pipeline.Of(operation).Gate.Succeeded(_time.GetUtcNow());
            Shown(gauge, value: 1).ShouldBeEmpty();
        }
    }

    private static List<string> Shown(MetricCollector<int> gauge, int value)
    {
        gauge.Clear();
        gauge.RecordObservableInstruments();
        return [.. gauge.GetMeasurementSnapshot().Where(m => m.Value == value).Select(m => $"{m.Tags["operation"]} {m.Tags["reason"]}")
            .Distinct()];
    }

    private void Close(int seconds) =>
        _gate.Close(TimeSpan.FromSeconds(seconds), PauseReasons.CircuitOpen, "too many failures", _time.GetUtcNow());
}
