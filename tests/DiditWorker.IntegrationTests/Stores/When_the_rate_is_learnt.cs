using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

public sealed class When_the_rate_is_learnt : SharedRateTest
{
    [Test]
    public async Task What_one_replica_has_learnt_the_others_keep_to()
    {
        using var one = Adapting();
        using var other = Adapting();
        one.ChangeTo(120);
        await one.TryAsync();

        await other.TryAsync();

        other.PerMinute.ShouldBe(120, tolerance: 0.01);
    }

    [Test]
    public async Task A_new_replica_begins_with_it()
    {
        using var one = Adapting();
        one.ChangeTo(1200);
        await one.TryAsync();

        using var late = Adapting();
        using var place = await late.AcquireAsync(default, Bound, CancellationToken.None);

        late.PerMinute.ShouldBe(1200, tolerance: 0.01);
    }

    // Who has set a number is not ruled by what others once learnt.
    [Test]
    public async Task A_number_stays_a_number()
    {
        using var learning = Adapting();
        learning.ChangeTo(1);
        await learning.TryAsync();

        using var set = Limiter(Second, 600);
        await set.TryAsync();

        set.PerMinute.ShouldBe(600, tolerance: 0.01);
    }

    [Test]
    public void Less_than_a_hundredth_is_no_news()
    {
        using var one = Adapting();
        one.ChangeTo(120);

        one.ChangeTo(121);

        one.PerMinute.ShouldBe(120, tolerance: 0.01);
    }

    private RedisRateLimiter Adapting()
    {
        var limiter = Limiter(First, 300);
        limiter.Adapts = true;
        return limiter;
    }
}
