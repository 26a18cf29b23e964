using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_request_says_until_when
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [TestCase("2026-11-24T12:00:00Z")]
    [TestCase("2026-11-24T13:00:00+01:00")]
    [TestCase("2026-11-24t12:00:00.000z")]
    public void The_usual_forms_are_read(string text) => NotAfter(text).ShouldBe(Noon);

    [TestCase("2026-11-24T12:00:00")]
    [TestCase("2026-11-24")]
    [TestCase("tomorrow")]
    [TestCase("")]
    [TestCase("2026-02-30T12:00:00Z")]
    public void Another_form_is_refused(string text) => FaultsWith($"\"notAfter\":\"{text}\"").ShouldBe(
        "StartVerification: notAfter: expected a date-time with offset, such as 2026-11-24T12:00:00Z");

    [TestCase("1795521600", "Number")]
    [TestCase("true", "True")]
    [TestCase("{}", "Object")]
    public void So_are_other_types(string value, string type) =>
        FaultsWith("\"notAfter\":" + value).ShouldBe("StartVerification: notAfter: expected a string, got " + type);

    [TestCase("not_after")]
    [TestCase("notAfer")]
    public void A_misspelt_one_never_means_that_there_is_none(string name) =>
        FaultsWith($"\"{name}\":\"2026-11-24T12:00:00Z\"").ShouldEndWith("did you mean notAfter?");

    [Test]
    public void It_is_read_in_any_case() => ReadWith("\"NOTAFTER\":\"2026-11-24T12:00:00Z\"").NotAfter.ShouldBe(Noon);

    [Test]
    public void Null_is_none() => ReadWith("\"notAfter\":null").NotAfter.ShouldBeNull();

    // What .NET writes for a time that was never set, here and east of Greenwich; and one beyond the calendar.
    [TestCase("0001-01-01T00:00:00+00:00")]
    [TestCase("0001-01-01T00:00:00+01:00")]
    [TestCase("1970-01-01T00:00:00Z")]
    [TestCase("2019-12-31T23:59:59Z")]
    [TestCase("9999-12-31T23:59:59.9999999-05:00")]
    public void A_time_that_nobody_can_mean_is_no_deadline(string text) =>
        Delivery(expires: null).Of(ReadWith($"\"notAfter\":\"{text}\"")).Deadline.ShouldBeNull();

    [TestCase(null, null, null)]
    [TestCase(null, 1, 1)]
    [TestCase(1, null, 1)]
    [TestCase(2, 1, 1)]
    [TestCase(1, 2, 1)]
    public void The_earlier_one_of_it_and_the_envelopes_counts(int? envelope, int? message, int? expected) =>
        Delivery(At(envelope)).Of(ReadWith("\"language\":\"de\"") with { NotAfter = At(message) }).Deadline.ShouldBe(At(expected));

    [Test]
    public void It_is_no_part_of_what_is_compared_nor_of_what_didit_gets() =>
        ReadWith("\"notAfter\":\"2026-11-24T12:00:00Z\"").Payload.GetRawText()
            .ShouldBe(Read("""{"vendorData":"user-1"}""").Payload.GetRawText());

    private static DateTimeOffset? At(int? hours) => hours is { } some ? Noon.AddHours(some) : null;

    private static Delivery Delivery(DateTimeOffset? expires) => DiditWorker.Verification.Delivery.Read(
        new() { Header = _ => null, PropertyId = "x", ExpirationTime = expires }, "s")!;

    private static DateTimeOffset? NotAfter(string text) => ReadWith($"\"notAfter\":\"{text}\"").NotAfter;
}
