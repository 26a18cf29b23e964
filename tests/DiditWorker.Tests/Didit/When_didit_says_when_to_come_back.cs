using CsCheck;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Didit.Classifying;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_says_when_to_come_back
{
    [TestCase("0", 0)]
    [TestCase("1", 1)]
    [TestCase("30", 30)]
    [TestCase("120", 120)]
    [TestCase("121", 120, TestName = "No longer than two minutes")]
    [TestCase("2147483647", 120, TestName = "The most seconds that .NET reads")]
    [TestCase("99999999999999999999", 1, TestName = "More seconds than .NET reads")]
    [TestCase("-5", 1)]
    [TestCase("1.5", 1)]
    [TestCase("soon", 1)]
    [TestCase("", 1)]
    [TestCase(null, 1)]
    [TestCase("Tue, 24 Nov 2026 12:00:30 GMT", 30, TestName = "A date")]
    [TestCase("Tue, 24 Nov 2026 11:59:00 GMT", 0, TestName = "A date in the past")]
    [TestCase("Thu, 24 Nov 2033 12:00:00 GMT", 120, TestName = "A date years ahead")]
    public void It_is_believed_within_bounds(string? retryAfter, int seconds)
    {
        var reply = Classify(429, retryAfter: retryAfter);

        reply.Kind.ShouldBe(ReplyKind.Throttled);
        reply.RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Test]
    public void Whatever_it_says_the_wait_is_bounded() =>
        Gen.OneOf(Gen.String, Gen.Long.Select(n => $"{n}"), Gen.DateTimeOffset.Select(t => t.ToString("R"))).Sample(
        text => Classify(429, retryAfter: text).RetryAfter is var wait && wait >= TimeSpan.Zero
            && wait <= ReplyClassifier.MaxRetryAfter, iter: 1000);
}
