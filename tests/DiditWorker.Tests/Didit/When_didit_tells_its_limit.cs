using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_tells_its_limit
{
    private const double Share = 0.985;
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void The_three_headers_are_read()
    {
        Read("300", "42", $"{Now.ToUnixTimeSeconds() + 30}").ShouldBe(new ToldRate(300, 42, TimeSpan.FromSeconds(30)));
    }

    // A gateway in front of Didit may add its own.
    [Test]
    public void Of_several_values_the_first_readable_one_counts() =>
        Read("many, 300, 10", "", "").ShouldBe(new ToldRate(300));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0")]
    [TestCase("-300")]
    [TestCase("300.0")]
    [TestCase("unlimited")]
    [TestCase("99999999999999999999")]
    [TestCase("10000001")]
    public void Without_a_limit_that_anybody_can_mean_nothing_is_told(string? limit) => Read(limit, "1", "1").ShouldBeNull();

    [TestCase("-1", "1")]
    [TestCase("301", "abc")]
    [TestCase(null, "99999999999999")]
    [TestCase("x", "1")]
    public void The_others_are_passed_over_one_by_one(string? remaining, string? reset) =>
        Read("300", remaining, reset).ShouldBe(new ToldRate(300));

    // Clocks differ: what counts is how far the reset is from the reply's own date.
    [Test]
    public void The_reset_is_measured_from_the_date_of_the_reply() =>
        Read("300", "3", $"{Now.AddMinutes(10).ToUnixTimeSeconds() + 20}", Now.AddMinutes(10))!.Value.Reset
            .ShouldBe(TimeSpan.FromSeconds(20));

    [TestCase(300, null, null, 295.5)]
    [TestCase(300, 45, 30, 295.5)]
    [TestCase(300, 44, 59, 44)]
    [TestCase(300, 44, 5, 295.5)]
    [TestCase(300, 5, 0, 295.5)]
    [TestCase(300, 1, 29, 2)]
    [TestCase(300, 0, 30, 295.5)]
    [TestCase(300, 5, -2, 295.5)]
    [TestCase(1, 1, 30, 0.985)]
    public void Little_of_it_is_spread_over_the_time_until_there_is_more(int limit, int? remaining, int? reset, double expected) =>
        Told(limit, remaining, reset).PerMinute(Share).ShouldBe(expected, tolerance: 0.001);

    [TestCase(0, 30, 31)]
    [TestCase(0, 0, 1)]
    [TestCase(0, -1, 0)]
    [TestCase(0, null, 0)]
    [TestCase(1, 30, 0)]
    [TestCase(null, 30, 0)]
    public void Once_nothing_is_left_nobody_goes_before_there_is_more(int? remaining, int? reset, int expected) =>
        Told(300, remaining, reset).Empty.ShouldBe(TimeSpan.FromSeconds(expected));

    // A window that begins anew each minute; another client of the same account takes part of it.
    [TestCase(0)]
    [TestCase(100)]
    [TestCase(200)]
    public void A_fixed_window_is_never_overdrawn(int others)
    {
        const int limit = 300;
        var (sent, second, next) = (0, 0.0, 0.0);
        for (; second < 60; second += 0.01)
        {
            var taken = sent + (int)(others * Math.Min(1, second / 20));
            if (second < next || taken >= limit)
            {
                continue;
            }

            sent++;
            var told = Told(limit, limit - taken - 1, (int)(60 - second));
            next = second + Math.Max(60 / told.PerMinute(Share), told.Empty.TotalSeconds);
        }

        (sent + others).ShouldBeInRange((int)(limit * 0.95), limit);
    }

    private static ToldRate Told(int limit, int? remaining, int? reset) =>
        new(limit, remaining, reset is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    private static ToldRate? Read(string? limit, string? remaining, string? reset, DateTimeOffset? date = null)
    {
        using var reply = new HttpResponseMessage();
        foreach (var (name, value) in new[]
            { ("X-RateLimit-Limit", limit), ("x-ratelimit-remaining", remaining), ("X-RATELIMIT-RESET", reset) })
        {
            if (value is not null)
            {
                reply.Headers.TryAddWithoutValidation(name, value);
            }
        }

        reply.Headers.Date = date;
        return ToldRate.Read(reply.Headers, Now);
    }
}
