using System.Text;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_an_envelope_is_read
{
    private const string Declared = "application/vnd.masstransit+json";
    private const string Id = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";
    private const string Types = "\"messageType\":[\"urn:message:DiditWorker.Contracts:StartVerification\"]";
    private const string Message = "\"message\":{\"vendorData\":\"user-1\"}";
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [TestCase($"{{\"messageId\":\"{Id}\",{Types},{Message},\"sentTime\":\"2026-11-24T12:00:00Z\"}}", Declared)]
    [TestCase($"{{\"messageId\":\"{Id}\",{Types},{Message},\"sentTime\":\"2026-11-24T12:00:00Z\"}}", null)]
    [TestCase($"{{\"messageId\":\"{Id}\",{Types},{Message},\"sentTime\":\"2026-11-24T12:00:00Z\"}}", "application/json")]
    [TestCase($"{{\"MESSAGEID\":\"{Id}\",\"MessageType\":[\"urn:message:DiditWorker.Contracts:StartVerification\"],"
        + "\"MESSAGE\":{\"VendorData\":\"user-1\"},\"SentTime\":\"2026-11-24T13:00:00+01:00\"}", Declared)]
    [TestCase($"{{\"messageid\":\"{Id}\",\"messagetype\":[\"URN:MESSAGE:diditworker.contracts:startverification\"],"
        + "\"message\":{\"vendordata\":\"user-1\"},\"senttime\":\"2026-11-24T12:00:00\"}", "text/json")]
    public void Its_own_names_are_read_in_any_case_and_whatever_the_content_type_says(string json, string? contentType)
    {
        var (message, envelope) = Read(json, contentType);

        StartVerificationReader.Read(message, Verification.Reading.Default).VendorData.ShouldBe("user-1");
        EnvelopeReader.IsOurs(envelope!).ShouldBeTrue();
        DeliveryOf(envelope!).ShouldSatisfyAllConditions(
            delivery => delivery.RequestId.ShouldBe(Id), delivery => delivery.PublishedAt.ShouldBe(Noon));
    }

    [Test]
    public void A_header_in_it_names_the_first_id_in_any_case() =>
        DeliveryOf(Read(
            $"{{\"messageId\":\"{Id}\",{Types},{Message},\"headers\":{{\"mt-originalmessageid\":\"order-1\"}}}}", Declared).Envelope!)
            .RequestId.ShouldBe("order-1");

    // Somebody's own data may have these names.
    [TestCase("{\"vendorData\":\"x\",\"messageType\":[\"urn:message:A:B\"],\"message\":{}}")]
    [TestCase("{\"VENDORDATA\":\"x\",\"messageType\":[\"urn:message:A:B\"],\"message\":{}}")]
    [TestCase("{\"messageType\":[\"welcome\"],\"message\":{}}")]
    [TestCase("{\"messageType\":\"urn:message:A:B\",\"message\":{}}")]
    [TestCase("{\"messageType\":[7],\"message\":{}}")]
    [TestCase("{\"messageType\":[\"\\ud800\"],\"message\":{}}")]
    [TestCase("{\"messageType\":[\"urn:message:A:B\"],\"message\":\"hello\"}")]
    [TestCase("{\"messageType\":[\"urn:message:A:B\"]}")]
    [TestCase("{\"message\":{}}")]
    public void What_only_resembles_one_is_plain_json(string json)
    {
        Read(json, "application/json").Envelope.ShouldBeNull();
        Read(json, contentType: null).Envelope.ShouldBeNull();
    }

    [TestCase($"{{{Types},{Message},\"sentTime\":7}}", "sentTime: expected a string, got Number")]
    [TestCase($"{{{Types},{Message},\"sentTime\":\"yesterday\"}}",
        "sentTime: expected a date-time with offset, such as 2026-11-24T12:00:00Z")]
    [TestCase($"{{{Types},{Message},\"expirationTime\":\"\"}}",
        "expirationTime: expected a date-time with offset, such as 2026-11-24T12:00:00Z")]
    [TestCase($"{{{Types},{Message},\"messageId\":\"order-1\"}}",
        "messageId: expected a UUID; an id of another form needs plain JSON and message_id")]
    [TestCase($"{{{Types},{Message},\"requestId\":7}}", "requestId: expected a string, got Number")]
    [TestCase($"{{{Types},{Message},\"responseAddress\":{{}}}}", "responseAddress: expected a string, got Object")]
    [TestCase($"{{{Types},{Message},\"faultAddress\":\"queue\"}}", "faultAddress: expected an absolute URI")]
    [TestCase($"{{{Types},{Message},\"headers\":[1]}}", "headers: expected an object, got Array")]
    [TestCase($"{{\"messageType\":7,{Message}}}", "messageType: expected an array of strings")]
    [TestCase($"{{\"messageType\":[null],{Message}}}", "messageType: expected an array of strings")]
    [TestCase($"{{\"messageType\":[\"\\ud800\"],{Message}}}", "messageType: expected an array of strings")]
    [TestCase($"{{{Types},{Message},\"headers\":{{\"a\":\"\\ud800\"}}}}", "headers: holds half of a surrogate pair, which is no text")]
    [TestCase($"{{{Types},{Message},\"headers\":{{\"a\":[{{\"b\":\"\\ud800\"}}]}}}}",
        "headers: holds half of a surrogate pair, which is no text")]
    [TestCase($"{{{Types},{Message},\"messageId\":\"\\ud800\"}}", "messageId: holds half of a surrogate pair, which is no text")]
    [TestCase($"{{{Types},{Message},\"sentTime\":\"\\ud800\"}}", "sentTime: holds half of a surrogate pair, which is no text")]
    [TestCase($"{{{Types},{Message},\"sentTime\":\"2026-11-24T12:00:00Z\",\"SentTime\":\"2026-11-24T12:00:00Z\"}}",
        "sentTime: is named twice, in different case")]
    [TestCase($"{{{Types},{Message},\"Message\":{{\"vendorData\":\"user-2\"}}}}", "message: is named twice, in different case")]
    [TestCase($"{{{Types},{Message},\"message_id\":\"{Id}\"}}", "found message_id: names are in camelCase; did you mean messageId?")]
    [TestCase($"{{{Types},{Message},\"sent_time\":\"2026-11-24T12:00:00Z\"}}",
        "found sent_time: names are in camelCase; did you mean sentTime?")]
    [TestCase($"{{{Types},{Message},\"response_address\":\"rabbitmq://localhost/q\"}}",
        "found response_address: names are in camelCase; did you mean responseAddress?")]
    [TestCase($"{{{Types},{Message},\"messgeId\":\"{Id}\"}}", "found messgeId: did you mean messageId?")]
    public void Each_fault_names_its_member(string json, string fault)
    {
        Refused(json, Declared).ShouldBe("envelope: " + fault);
        Refused(json, Declared).ShouldNotContain(Id);
    }

    [Test]
    public void Faults_are_named_all_at_once() =>
        Refused($"{{{Types},{Message},\"sentTime\":7,\"headers\":[],\"sourceAddress\":\"x\",\"message_id\":\"x\"}}", Declared)
            .Split("; ").Length.ShouldBe(5);

    [TestCase("{\"vendorData\":\"x\"}", "")]
    [TestCase($"{{\"message_type\":[\"urn:message:A:B\"],{Message}}}",
        "; found message_type: names are in camelCase; did you mean messageType?")]
    public void Without_type_or_message_it_is_none(string json, string more) => Refused(json, Declared).ShouldBe(
        "body: the MassTransit envelope needs messageType and message; send plain JSON with content_type application/json" + more);

    [TestCase("0001-01-01T00:00:00")]
    [TestCase("0001-01-01T00:00:00Z")]
    [TestCase("0001-01-01T00:00:00+01:00")]
    [TestCase("0001-01-01T00:00:00-05:00")]
    [TestCase("9999-12-31T23:59:59.9999999Z")]
    [TestCase("9999-12-31T23:59:59.9999999-01:00")]
    [TestCase("1601-01-01T00:00:00Z")]
    [TestCase("1970-01-01T00:00:00Z")]
    [TestCase("0000-00-00T00:00:00Z")]
    [TestCase("2026-02-30T00:00:00Z")]
    public void A_time_that_nobody_can_mean_is_no_fault(string time)
    {
        var envelope = Read(
            $"{{\"messageId\":\"{Id}\",{Types},{Message},\"sentTime\":\"{time}\",\"expirationTime\":\"{time}\"}}", Declared).Envelope!;

        MeantTime.Believable(DeliveryOf(envelope).PublishedAt, TimeSpan.FromDays(1), Noon).ShouldBeNull();
    }

    // It is not for this worker; somebody may have added members of his own.
    [Test]
    public void A_near_miss_in_an_envelope_of_another_type_is_nobodys_fault()
    {
        var (_, envelope) = Read($"{{\"messageType\":[\"urn:message:A:B\"],{Message},\"message_id\":7}}", Declared);

        EnvelopeReader.IsOurs(envelope!).ShouldBeFalse();
    }

    private static Delivery DeliveryOf(Envelope envelope) =>
        Delivery.Read(new DeliveryFacts { Header = _ => null }.With(envelope), "start-verification").ShouldNotBeNull();

    private static CheckedBody Read(string json, string? contentType) =>
        BodyReader.Read(Encoding.UTF8.GetBytes(json), contentType, contentEncoding: null, 10_000);

    private static string Refused(string json, string? contentType) =>
        Should.Throw<InvalidMessageException>(() => Read(json, contentType)).Message;
}
