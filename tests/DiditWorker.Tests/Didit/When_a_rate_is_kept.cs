using CsCheck;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// The arithmetic of the rate, for rates from the lowest to the highest: several replicas ask one time line, each when it likes, timers and
/// requests are late, and Didit counts in a sliding window.
/// </summary>
public sealed class When_a_rate_is_kept
{
    private const double Minute = 60_000_000;

    // What the worker asks for, and what is left for the delay: see TimeLine.
    private const double Share = 0.985;
    private const double LongestDelay = 600_000;

    [TestCase(1, 30 * Minute, 50)]
    [TestCase(2, 30 * Minute, 50)]
    [TestCase(7, 10 * Minute, 50)]
    [TestCase(300, 3 * Minute, 50)]
    [TestCase(6000, 2 * Minute, 20)]
    [TestCase(10_000_000, 1.1 * Minute, 3)]
    public void No_60_seconds_see_more_than_the_rate(int perMinute, double length, int runs) =>
        Gen.Int.Sample(seed => Busiest(Arrivals(perMinute * Share, length, new Random(seed))) <= perMinute, iter: runs, threads: 1);

    // So that the test above can fail.
    [TestCase(1)]
    [TestCase(300)]
    [TestCase(6000)]
    public void Without_the_margin_there_would_be_more(int perMinute) =>
        Enumerable.Range(0, 20).Max(seed => Busiest(Arrivals(perMinute, 10 * Minute, new Random(seed)))).ShouldBeGreaterThan(perMinute);

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(300)]
    [TestCase(6000)]
    [TestCase(10_000_000)]
    public void Timers_that_are_up_to_300_ms_late_lose_nothing(int perMinute) => Gen.Int.Sample(seed =>
    {
        var (random, line, interval, granted) = (new Random(seed), new TimeLine(), Minute / perMinute, 0L);
        var batch = Math.Max(1, perMinute / 600);
        for (var now = 0.0; now < 10 * Minute;)
        {
            var places = line.Take(now, interval, batch);
            granted += places.Left;
            now = places.Left > 0 ? now : places.Next + (random.NextDouble() * TimeLine.Tolerance);
        }

        // But for what is still late at the end.
        var late = (long)(TimeLine.Tolerance / interval) + batch;
        granted.ShouldBeInRange((10L * perMinute) - late, (10L * perMinute) + late);
    }, iter: 20, threads: 1);

    [Test]
    public void Places_that_nobody_took_in_time_are_given_up()
    {
        var places = new Places(5, Next: 1000, Interval: 100, At: 900);

        places.Since(1000).ShouldBe(places);
        places.Since(1001).ShouldBe(places with { Left = 4, Next = 1100 });
        places.Since(1100).ShouldBe(places with { Left = 4, Next = 1100 });
        places.Since(1e9).Left.ShouldBe(0);
        default(Places).Since(1e9).Left.ShouldBe(0);

        // Granted late they are still good for a while.
        (places with { At = 5000 }).Since(4999).Left.ShouldBe(5);
    }

    // Requests at Didit in each millisecond. Each replica asks for 1 place up to a batch, now and then after idle time.
    private static int[] Arrivals(double perMinute, double length, Random random)
    {
        var (line, interval, batch) = (new TimeLine(), Minute / perMinute, (int)Math.Max(1, perMinute / 600));
        var arrivals = new int[(int)((length + Minute) / 1000)];
        var asking = new PriorityQueue<int, double>(Enumerable.Range(0, 3).Select(replica => (replica, random.NextDouble() * interval)));
        while (asking.TryDequeue(out var replica, out var now) && now < length)
        {
            var places = line.Take(now, interval, random.Next(2) == 0 ? batch : random.Next(1, batch + 1));
            var answered = now;

            // Either all of a batch are late or none: the worst is a late batch that punctual ones follow.
            var delay = random.Next(3) switch { 0 => 0, 1 => LongestDelay, _ => random.NextDouble() * LongestDelay };
            for (; places.Left > 0; places = places.Rest)
            {
                arrivals[(int)((Math.Max(now, places.Next) + delay) / 1000)]++;
                answered = Math.Max(now, places.Next);
            }

            var idle = random.Next(50) == 0 ? random.NextDouble() * 3 * interval : 0;
            var late = random.Next(2) * random.NextDouble() * 2 * TimeLine.Tolerance;
            asking.Enqueue(replica, Math.Max(answered, places.Next) + late + idle);
        }

        return arrivals;
    }

    // A window that does not begin with a millisecond touches one more.
    private static int Busiest(int[] arrivals)
    {
        const int window = 60_001;
        var (sum, most) = (0, 0);
        for (var i = 0; i < arrivals.Length; i++)
        {
            sum += arrivals[i] - (i < window ? 0 : arrivals[i - window]);
            most = Math.Max(most, sum);
        }

        return most;
    }
}
