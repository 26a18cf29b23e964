using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Who waits for a place leaves, or the worker stops.</summary>
public sealed class When_a_place_is_not_used : SharedRateTest
{
    [Test]
    public async Task Who_gives_up_stops_waiting()
    {
        await One.PauseAsync(TimeSpan.FromMinutes(5));
        using var cancelled = new CancellationTokenSource();
        var waiting = One.AcquireAsync(1, cancelled.Token).AsTask();
        var still = Other.AcquireAsync(1, Stopping.Token).AsTask();

        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        still.IsCompleted.ShouldBeFalse();
        await Stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => still.WaitAsync(Bound));
    }

    [Test]
    public async Task A_stop_of_the_worker_ends_all_waits()
    {
        await One.PauseAsync(TimeSpan.FromMinutes(5));
        var waiting = Enumerable.Range(0, 5).Select(_ => One.AcquireAsync(1, CancellationToken.None).AsTask()).ToArray();

        await Stopping.CancelAsync();

        foreach (var wait in waiting)
            await Should.ThrowAsync<OperationCanceledException>(() => wait.WaitAsync(Bound));
    }

    // What nobody got must be there for the others: at one a minute a lost place would be waited for.
    [Test]
    public async Task A_place_that_is_granted_to_who_has_left_goes_to_another_replica()
    {
        using var rare = Limiter(First, perMinute: 1);
        using var elsewhere = Limiter(Second, perMinute: 1);
        await Task.WhenAll(rare.TryAsync(), elsewhere.TryAsync());
        using var leaving = new CancellationTokenSource();
        await CommandCount.ResetAsync(Bare.GetServers()[0]);
        await Bare.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "2000", "WRITE");
        var waiting = rare.AcquireAsync(1, leaving.Token).AsTask();
        await Eventually.UntilAsync(
            async () => (await Bare.GetServers()[0].InfoAsync("clients"))[0].Any(
            line => line is { Key: "blocked_clients", Value: not "0" }),
            Bound, "the question waits at Redis");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));

        // The question, and the place that is given back.
        await UntilScriptsRanAsync(2);
        await elsewhere.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Bound / 2);
    }

    [Test]
    public async Task A_replica_that_stops_in_the_middle_takes_no_place_with_it()
    {
        using var ending = new CancellationTokenSource();
        using var rare = Limiter(First, perMinute: 1, ending.Token);
        await rare.AcquireAsync(1, CancellationToken.None);
        var line = await Bare.GetDatabase().StringGetAsync(Name);
        await CommandCount.ResetAsync(Bare.GetServers()[0]);
        var waiting = Enumerable.Range(0, 50).Select(_ => rare.AcquireAsync(1, CancellationToken.None).AsTask()).ToArray();
        await UntilScriptsRanAsync(1);

        await ending.CancelAsync();

        foreach (var wait in waiting)
            await Should.ThrowAsync<OperationCanceledException>(() => wait.WaitAsync(Bound));
        (await Bare.GetDatabase().StringGetAsync(Name)).ShouldBe(line);
    }

    [Test]
    public async Task The_unused_rest_of_a_batch_goes_back_unless_the_time_line_has_moved()
    {
        var (interval, redis) = (1_000_000.0, Bare.GetDatabase());
        var shared = new SharedTimeLine(First, Name, interval, TimeProvider.System);
        var granted = await shared.AskAsync(5);
        granted.Left.ShouldBe(5);
        var before = (long)await redis.StringGetAsync(Name);

        await shared.GiveBackAsync(granted.Rest().Rest());
        (await redis.StringGetAsync(Name)).ShouldBe(before - 3_000_000);
        (await redis.KeyTimeToLiveAsync(Name)).ShouldNotBeNull();

        await shared.GiveBackAsync(granted.Rest().Rest());
        (await redis.StringGetAsync(Name)).ShouldBe(before - 3_000_000);
    }
}
