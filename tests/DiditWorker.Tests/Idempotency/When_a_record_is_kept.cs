using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_record_is_kept
{
    [TestCase("1.00:00:00", "00:02:00", "1.00:00:00")]
    [TestCase("00:00:00", "00:02:00", "00:04:00")]
    [TestCase("00:01:00", "00:02:00", "00:04:00")]
    [TestCase("00:03:59", "00:02:00", "00:04:00")]
    [TestCase("00:04:01", "00:02:00", "00:04:01")]
    public void It_stays_for_the_window_or_as_long_as_concurrent_deliveries_need(string window, string lease, string kept) =>
        new IdempotencyOptions { Lease = TimeSpan.Parse(lease, null) }.RetentionFor(TimeSpan.Parse(window, null))
            .ShouldBe(TimeSpan.Parse(kept, null));
}
