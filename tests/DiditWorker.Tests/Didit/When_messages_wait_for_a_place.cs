using System.Collections.Concurrent;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Tests.Simulator;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

// A place a second. Redis is away, port 1 of this machine refuses at once, so that the clock is the test's.
public sealed class When_messages_wait_for_a_place
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<string> _gone = new();
    private RedisConnection _redis = null!;
    private CancellationTokenSource _stopping = null!;
    private SteppedTime _time = null!;
    private RedisRateLimiter _limiter = null!;

    [OneTimeSetUp]
    public void Connect() => _redis = new("127.0.0.1:1,connectTimeout=100,connectRetry=0");

    [OneTimeTearDown]
    public async Task CloseAsync() => await _redis.DisposeAsync();

    [SetUp]
    public async Task LimitAsync()
    {
        _gone.Clear();
        _stopping = new();
        _time = new();
        _limiter = Limiter(60);
        await _limiter.GoesAtOnceAsync();
    }

    [TearDown]
    public void Dispose()
    {
        _limiter.Dispose();
        _stopping.Dispose();
    }

    [Test]
    public async Task The_most_urgent_one_goes_first_and_equal_ones_in_the_order_of_their_coming()
    {
        (string Name, int Urgency)[] coming = [("a", 0), ("b", 5), ("c", 0), ("d", 255), ("e", 5), ("f", -1)];
        var waiting = coming.Select(one => GoAsync(one.Name, one.Urgency)).ToArray();

        await StepAsync(coming.Length);

        await Task.WhenAll(waiting);
        _gone.ShouldBe(["d", "b", "e", "a", "c", "f"]);
    }

    [Test]
    public async Task One_that_comes_late_and_is_urgent_gets_the_next_place()
    {
        var first = GoAsync("first", 0);
        await _time.SomebodyWaitsAsync();
        var urgent = GoAsync("urgent", 1);

        _time.Advance(Second);
        await urgent.WaitAsync(Soon);

        first.IsCompleted.ShouldBeFalse();
        _time.Advance(await _time.SomebodyWaitsAsync());
        await first.WaitAsync(Soon);
    }

    [Test]
    public async Task Of_equally_urgent_ones_the_older_one_goes_first()
    {
        var now = _time.GetUtcNow();
        (string Name, Precedence Precedence)[] coming =
            [("young", new(0, now)), ("old", new(0, now.AddHours(-1))), ("urgent", new(5, now)), ("older", new(5, now.AddMinutes(-1)))];
        var waiting = coming.Select(one => GoAsync(one.Name, one.Precedence)).ToArray();

        await StepAsync(waiting.Length);

        _gone.ShouldBe(["older", "urgent", "old", "young"]);
    }

    [Test]
    public async Task The_rest_gets_its_share_however_many_urgent_ones_come()
    {
        _limiter.AgeingPercent = 20;
        var urgent = Enumerable.Range(0, 40).Select(i => GoAsync("urgent", 255)).ToList();
        string[] rest = ["a", "b", "c", "d", "e", "f", "g", "h"];

        // The older one first, however little urgent it is.
        var waiting = rest.Select((name, i) => GoAsync(name, new Precedence(i % 3, _time.Start.AddMinutes(i)))).ToList();

        await StepAsync(40);

        string.Concat(_gone.Select(name => name == "urgent" ? "." : name)).ShouldBe("....a....b....c....d....e....f....g....h");
    }

    [TestCase(0, "..........")]
    [TestCase(1, "..........")]
    [TestCase(10, ".........a")]
    [TestCase(50, ".a.b.c.d.e")]
    [TestCase(100, "abcdefghij")]
    public async Task The_share_of_the_rest_is_as_set(int percent, string expected)
    {
        _limiter.AgeingPercent = percent;
        var urgent = Enumerable.Range(0, 11).Select(_ => GoAsync(".", 9)).ToList();
        var rest = "abcdefghijk".Select(letter => GoAsync($"{letter}", 0)).ToList();

        await StepAsync(10);

        string.Concat(_gone).ShouldBe(expected);
    }

    // No debt is saved up while there is nobody to pay it to.
    [Test]
    public async Task A_share_that_nobody_wanted_is_nobodys()
    {
        _limiter.AgeingPercent = 20;
        var urgent = Enumerable.Range(0, 30).Select(_ => GoAsync(".", 9)).ToList();
        await StepAsync(20);
        var rest = GoAsync("rest", 0);

        await StepAsync(24);

        _gone.Skip(20).ShouldBe([".", ".", ".", "."]);
    }

    [Test]
    public async Task A_wait_is_bounded()
    {
        var bounded = _limiter.AcquireAsync(new(0), TimeSpan.FromMilliseconds(600), CancellationToken.None).AsTask();
        await TimersAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(599));
        bounded.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await bounded.WaitAsync(Soon)).IsAcquired.ShouldBeFalse();
        _limiter.GetStatistics()!.TotalFailedLeases.ShouldBe(1);
    }

    [Test]
    public async Task Who_gave_up_wasted_no_place()
    {
        var bounded = _limiter.AcquireAsync(new(255), TimeSpan.FromMilliseconds(600), CancellationToken.None).AsTask();
        var other = GoAsync("other", 0);
        await TimersAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        (await bounded.WaitAsync(Soon)).IsAcquired.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(400));

        await other.WaitAsync(Soon);
    }

    // The design before this one had reserved a place for who left, and the next one went a second later.
    [Test]
    public async Task Who_leaves_does_not_hold_up_the_next_one()
    {
        using var leaving = new CancellationTokenSource();
        var waiting = _limiter.AcquireAsync(1, leaving.Token).AsTask();
        await _time.SomebodyWaitsAsync();
        await leaving.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(() => waiting)).CancellationToken.ShouldBe(leaving.Token);
        _time.Advance(Second);

        await _limiter.GoesAtOnceAsync();
    }

    [Test]
    public async Task A_stop_of_the_worker_ends_all_waits()
    {
        var waiting = Enumerable.Range(0, 5).Select(i => GoAsync($"{i}", i)).ToList();
        await _time.SomebodyWaitsAsync();

        await _stopping.CancelAsync();

        foreach (var one in waiting)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => one.WaitAsync(Soon));
        }

        _time.Advance(Second);
        await Should.ThrowAsync<OperationCanceledException>(() => GoAsync("late", 0));
    }

    [Test]
    public async Task The_end_of_the_limiter_ends_all_waits()
    {
        var waiting = GoAsync("a", 0);
        await _time.SomebodyWaitsAsync();

        await _limiter.DisposeAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Soon));
        _limiter.Dispose();
    }

    // 600 a minute and more are handed out 100 ms at a time; what of it is not used yet a pause takes away.
    [Test]
    public async Task A_pause_takes_away_what_is_held_already()
    {
        using var fast = Limiter(6000);
        var waiting = Enumerable.Range(0, 10).Select(_ => fast.AcquireAsync(1, CancellationToken.None).AsTask()).ToList();
        await _time.SomebodyWaitsAsync();
        while (fast.GetStatistics()!.CurrentAvailablePermits == 0)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await _time.SomebodyWaitsAsync();
        }

        var queued = fast.GetStatistics()!.CurrentQueuedCount;
        await fast.PauseAsync(TimeSpan.FromSeconds(4));
        _time.Advance(TimeSpan.FromMilliseconds(10));

        (await _time.SomebodyWaitsAsync()).ShouldBe(TimeSpan.FromMilliseconds(3990));
        (fast.GetStatistics()!.CurrentAvailablePermits, fast.GetStatistics()!.CurrentQueuedCount).ShouldBe((0, queued));
        await _stopping.CancelAsync();
        waiting.Count(one => one.IsCompletedSuccessfully).ShouldBe(10 - (int)queued);
    }

    [Test]
    public async Task Numbers_tell_how_it_stands()
    {
        using var meters = NoMetrics.Factory();
        using var waits = new MetricCollector<double>(meters, "DiditWorker", "diditworker.ratelimit.wait");
        using var watched = new RedisRateLimiter(_redis, "ratelimit", 60, new(meters), _time, _stopping.Token);
        _time.Advance(Second);
        watched.IdleDuration.ShouldBe(Second);
        await watched.GoesAtOnceAsync();
        var second = watched.AcquireAsync(1, CancellationToken.None).AsTask();
        await _time.SomebodyWaitsAsync();

        watched.IdleDuration.ShouldBeNull();
        var statistics = watched.GetStatistics()!;
        (statistics.CurrentQueuedCount, statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases).ShouldBe((1, 1, 0));
        _time.Advance(Second);
        await second.WaitAsync(Soon);
        waits.GetMeasurementSnapshot().Count.ShouldBe(2);
    }

    [Test]
    public void Nobody_gets_a_place_without_waiting_for_redis()
    {
        _limiter.AttemptAcquire().IsAcquired.ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => _limiter.AcquireAsync(2).AsTask());
    }

    [Test]
    public async Task What_nobody_thought_of_is_told_to_those_that_wait_and_to_the_next_ones()
    {
        await using var broken = new RedisConnection(() => throw new FormatException("planted"), _ => new(), _time);
        using var without = new RedisRateLimiter(broken, "ratelimit", 60, NoMetrics.Create(), _time, _stopping.Token);

        for (var i = 0; i < 2; i++)
        {
            await Should.ThrowAsync<FormatException>(() => without.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Soon));
        }
    }

    private RedisRateLimiter Limiter(double perMinute) => new(_redis, "ratelimit", perMinute, NoMetrics.Create(), _time, _stopping.Token);

    private Task GoAsync(string name, int urgency) => GoAsync(name, new Precedence(urgency));

    private async Task GoAsync(string name, Precedence precedence)
    {
        using var lease = await _limiter.AcquireAsync(precedence, Timeout.InfiniteTimeSpan, CancellationToken.None);
        lease.IsAcquired.ShouldBeTrue();
        _gone.Enqueue(name);
    }

    private async Task TimersAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _time.SomebodyWaitsAsync();
        }
    }

    // Each step lets one go.
    private async Task StepAsync(int steps)
    {
        for (var i = _gone.Count + 1; i <= steps; i++)
        {
            _time.Advance(await _time.SomebodyWaitsAsync());
            SpinWait.SpinUntil(() => _gone.Count >= i, Soon).ShouldBeTrue();
        }
    }
}
