using DiditWorker.Didit;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_messages_wait_for_didit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider time = new();

    [Test]
    public void Nobody_waits_without_a_pause() => Available().WaitAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();

    [Test]
    public async Task All_go_on_once_didit_answers()
    {
        var availability = Paused(minutes: 60);
        var waiters = Enumerable.Range(0, 100).Select(_ => availability.WaitAsync(CancellationToken.None)).ToList();
        waiters.ShouldAllBe(w => !w.IsCompleted);

        availability.CreateAnswered();

        await Task.WhenAll(waiters).WaitAsync(Soon);
    }

    [Test]
    public async Task A_second_pause_can_be_waited_for_as_well()
    {
        var availability = Paused(minutes: 60);
        availability.Resume();
        availability.PauseFor(TimeSpan.FromHours(1), PauseReasons.CircuitOpen, "again");
        var waiter = availability.WaitAsync(CancellationToken.None);
        waiter.IsCompleted.ShouldBeFalse();

        availability.Resume();

        await waiter.WaitAsync(Soon);
    }

    [Test]
    public async Task They_look_again_every_second()
    {
        var waiter = Paused(minutes: 60).WaitAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(999));
        waiter.IsCompleted.ShouldBeFalse();

        time.Advance(TimeSpan.FromMilliseconds(1));

        await waiter.WaitAsync(Soon);
    }

    [Test]
    public async Task They_do_not_spin_while_another_one_probes()
    {
        var availability = Paused(minutes: 1);
        time.Advance(TimeSpan.FromMinutes(1));
        availability.TryEnter(out _).ShouldBeTrue();
        var waiter = availability.WaitAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(49));
        waiter.IsCompleted.ShouldBeFalse();

        time.Advance(TimeSpan.FromMilliseconds(1));

        await waiter.WaitAsync(Soon);
    }

    [Test]
    public async Task A_wait_can_be_cancelled()
    {
        using var leaving = new CancellationTokenSource();
        var waiter = Paused(minutes: 60).WaitAsync(leaving.Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiter);
    }

    [Test]
    public void The_gauge_shows_the_reason_and_falls_back_to_zero()
    {
        var meters = NoMetrics.Factory();
        var availability = new Availability(time, new(meters));
        using var gauge = new MetricCollector<int>(meters, "DiditWorker", "diditworker.consumer.paused");
        availability.PauseFor(TimeSpan.FromMinutes(1), PauseReasons.CreditsMissing, "402");

        Shown(gauge).ShouldBe(["circuit_open=0", "credentials_refused=0", "credits_missing=1", "redirected=0"]);
        availability.Resume();
        Shown(gauge).ShouldBe(["circuit_open=0", "credentials_refused=0", "credits_missing=0", "redirected=0"]);
    }

    private static IEnumerable<string> Shown(MetricCollector<int> gauge)
    {
        gauge.Clear();
        gauge.RecordObservableInstruments();
        return gauge.GetMeasurementSnapshot().Select(m => $"{m.Tags["reason"]}={m.Value}").Order(StringComparer.Ordinal);
    }

    private Availability Available() => new(time, NoMetrics.Create());

    private Availability Paused(int minutes)
    {
        var availability = Available();
        availability.PauseFor(TimeSpan.FromMinutes(minutes), PauseReasons.CircuitOpen, "too many failures");
        return availability;
    }
}
