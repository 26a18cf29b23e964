using System.Net.Mime;
using System.Text;
using DiditWorker.Transport;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_a_body_is_checked
{
    private const string Raw = "application/json";
    private const string Envelope = "application/vnd.masstransit+json";
    private const int Largest = 1024;

    [TestCase("", Raw)]
    [TestCase("hello", Raw)]
    [TestCase("{", Raw)]
    [TestCase("{\"vendorData\":\"x\"} {}", Raw)]
    [TestCase("{\"vendorData\":\"x\",}", Raw)]
    [TestCase("{\"vendorData\":\"x\",\"vendorData\":\"y\"}", Raw, TestName = "A member twice")]
    [TestCase("{\"vendorData\":\"x\",\"metadata\":{\"a\":1,\"\\u0061\":2}}", Raw, TestName = "A member twice deep inside, escaped")]
    [TestCase("{\"vendorData\":\"x\",\"\\ud800\":1}", Raw, TestName = "Half of a surrogate pair in a name")]
    [TestCase("{\"vendorData\":\"x\",\"metadata\":{\"\\ud800\":1}}", Raw, TestName = "Half of a surrogate pair in a name deep inside")]
    [TestCase("{\"contactDetails\":{\"\\ud800\":1}}", null, TestName = "Half of a surrogate pair in a name, no content type")]
    [TestCase("[]", Raw)]
    [TestCase("\"x\"", null)]
    [TestCase("null", Envelope)]
    [TestCase("{\"vendorData\":\"x\"}", Envelope)]
    [TestCase("{\"message\":{}}", Envelope)]
    [TestCase("<x/>", "application/xml")]
    [TestCase("{}", "text/plain")]
    public void What_is_no_message_is_invalid_and_says_why(string body, string? contentType) =>
        Refused(Encoding.UTF8.GetBytes(body), contentType).ShouldMatch("^(body|content_type): ");

    [TestCase("{\"vendorData\":\"ü\"}")]
    [TestCase("{\"vendorData\":\"x\",\"metadata\":{\"a\":\"ü\"}}")]
    [TestCase("{\"vendorData\":\"x\",\"expectedDetails\":{\"ü\":1}}")]
    public void What_is_not_utf_8_is_invalid(string body) => Refused(Encoding.Latin1.GetBytes(body), Raw).ShouldStartWith("body: ");

    [Test]
    public void What_is_too_large_is_invalid_and_both_sizes_are_named()
    {
        Refused(Encoding.UTF8.GetBytes("{}".PadRight(Largest + 1)), Raw).ShouldSatisfyAllConditions(
            reason => reason.ShouldContain("1025"), reason => reason.ShouldContain("1024"), reason => reason.ShouldContain("StartVerification:MaximumBodySize"));
    }

    [TestCase(Raw, 32)]
    [TestCase(null, 34)]
    public void What_is_too_deep_is_invalid(string? contentType, int deepest)
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", deepest)) + "{}" + new string('}', deepest);

        Refused(Encoding.UTF8.GetBytes(body), contentType).ShouldContain("32 levels");
    }

    [TestCase("{\"email\":\"jane@example.org\"")]
    [TestCase("{\"jane@example.org\":x}")]
    [TestCase("{\"jane@example.org\":1,\"jane@example.org\":2}")]
    public void The_reason_quotes_nothing_of_the_body(string body) => Refused(Encoding.UTF8.GetBytes(body), Raw).ShouldNotContain("jane");

    private static string Refused(byte[] body, string? contentType)
    {
        var deserializer = new CheckedDeserializer(new ContentType(Envelope), Largest);

        return Should.Throw<InvalidMessageException>(() => deserializer.Deserialize(ReceivedBody.Create(body, contentType))).Message;
    }
}
