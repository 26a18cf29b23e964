using DiditWorker.Protocol;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_request_says_when_it_was_made
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [TestCase("2026-11-24T12:00:00Z")]
    [TestCase("2026-11-24t12:00:00z")]
    [TestCase("2026-11-24T12:00Z")]
    [TestCase("2026-11-24T14:00:00+02:00")]
    [TestCase("2026-11-24T14:00:00+0200")]
    [TestCase("2026-11-24T00:30:00-11:30")]
    [TestCase("2026-11-24T12:00:00.0Z")]
    [TestCase("2026-11-24T12:00:00.000000000Z")]
    public void The_usual_forms_are_read(string text) => RequestedAt(text).ShouldBe(Noon);

    [Test]
    public void Fractions_are_kept_to_a_tick() => RequestedAt("2026-11-24T12:00:00.123456789Z").ShouldBe(Noon.AddTicks(1_234_567));

    [TestCase("\"2026-11-24T12:00:00\"", TestName = "Without an offset")]
    [TestCase("\"2026-11-24\"")]
    [TestCase("\"2026-11-24 12:00:00Z\"")]
    [TestCase("\"24.11.2026 12:00\"")]
    [TestCase("\"2026-02-30T12:00:00Z\"")]
    [TestCase("\"2026-11-24T25:00:00Z\"")]
    [TestCase("\"2026-11-24T12:00:00+99:00\"")]
    [TestCase("\"1795521600\"")]
    [TestCase("\"sEcret\"")]
    [TestCase("\"\"")]
    public void Other_forms_are_refused_and_the_form_is_named(string value) => FaultsWith("\"requestedAt\":" + value).ShouldBe(
        "StartVerification: requestedAt: expected a date-time with offset, such as 2026-11-24T12:00:00Z");

    [TestCase("1795521600", "Number")]
    [TestCase("{}", "Object")]
    public void So_are_other_types(string value, string type) =>
        FaultsWith("\"requestedAt\":" + value).ShouldBe("StartVerification: requestedAt: expected a string, got " + type);

    // What .NET writes for a time that was never set, here and east of Greenwich.
    [TestCase("0001-01-01T00:00:00+00:00")]
    [TestCase("0001-01-01T00:00:00+01:00")]
    [TestCase("9999-12-31T23:59:59.9999999-05:00")]
    [TestCase("1970-01-01T00:00:00Z")]
    [TestCase("2019-12-31T23:59:59Z")]
    public void A_time_that_nobody_can_mean_is_read_and_says_nothing(string text) =>
        new Delivery("x", IdempotencyKey.Create("s", "x"), Noon, MaybeAttempted: false)
            .Of(Asked(RequestedAt(text))).PublishedAt.ShouldBe(Noon);

    [TestCase(-1, -1)]
    [TestCase(0, 0)]
    [TestCase(1, 0)]
    [TestCase(null, 0)]
    public void The_earlier_one_counts(int? hours, int expected) =>
        new Delivery("x", IdempotencyKey.Create("s", "x"), Noon, MaybeAttempted: false)
            .Of(Asked(hours is { } some ? Noon.AddHours(some) : null)).PublishedAt.ShouldBe(Noon.AddHours(expected));

    [Test]
    public void It_counts_where_nothing_else_says_when() =>
        new Delivery("x", IdempotencyKey.Create("s", "x"), PublishedAt: null, MaybeAttempted: false)
            .Of(Asked(Noon)).PublishedAt.ShouldBe(Noon);

    [Test]
    public void It_is_no_part_of_what_is_compared_nor_of_what_didit_gets() =>
        ReadWith("\"requestedAt\":\"2026-11-24T12:00:00Z\"").Payload.GetRawText()
            .ShouldBe(Read("""{"vendorData":"user-1"}""").Payload.GetRawText());

    private static VerificationRequest Asked(DateTimeOffset? at) => Read("""{"vendorData":"user-1"}""") with { RequestedAt = at };

    private static DateTimeOffset? RequestedAt(string text) => ReadWith($"\"requestedAt\":\"{text}\"").RequestedAt;
}
