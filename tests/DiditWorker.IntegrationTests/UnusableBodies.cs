using System.Text;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests;

/// <summary>Bodies that break a rule, each with its content type and what the rejection says is wrong.</summary>
internal static class UnusableBodies
{
    private const string Envelope = "application/vnd.masstransit+json";

    public static IEnumerable<TestCaseData> All()
    {
        yield return Case("no JSON", "hello"u8.ToArray(), "body: is no JSON");
        yield return Case("empty body", [], "body: is empty");
        yield return Case("invalid UTF-8", [.. "{\"vendorData\":\""u8, 0xC3, 0x28, .. "\"}"u8], "body: is not UTF-8 (line 1, byte 16)");
        yield return Case("an array", "[1]"u8.ToArray(), "body: expected a JSON object");
        yield return Case(
            "too deep",
            Encoding.UTF8.GetBytes(
                "{\"vendorData\":\"u\",\"metadata\":" + string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 41)),
            "body: is deeper than 32 levels (line 1");
        yield return Case(
            "two megabytes", Encoding.UTF8.GetBytes($$"""{"vendorData":"u","language":"{{new string('x', 2 * 1024 * 1024)}}"}"""),
            "are more than the 262144 that are allowed");
        yield return Case(
            "a member twice", """{"vendorData":"u","vendorData":"v"}"""u8.ToArray(), "body: names vendorData twice (line 1, byte 19)");
        yield return Case(
            "a member twice in different case", """{"vendorData":"u","VendorData":"v"}"""u8.ToArray(),
            "vendorData: is named twice, in different case");
        yield return Case(
            "Didit's own spelling", """{"vendor_data":"u"}"""u8.ToArray(),
            "StartVerification: found vendor_data: names are in camelCase; did you mean vendorData?");
        yield return Case(
            "a misspelt workflow", """{"vendorData":"u","workfowId":"x"}"""u8.ToArray(), "found workfowId: did you mean workflowId?");
        yield return Case(
            "a misspelt callback", """{"vendorData":"u","calback":"https://a.example/x"}"""u8.ToArray(),
            "found calback: did you mean callback?");
        yield return Case(
            "a misspelt contact detail",
            """{"vendorData":"u","contactDetails":{"send_notification_emails":false}}"""u8.ToArray(),
            "found contactDetails.send_notification_emails: names are in camelCase");
        yield return Case(
            "single quotes", "{'vendorData': 'x'}"u8.ToArray(),
            "body: has single quotes; names and texts stand in double quotes in JSON (line 1, byte 2)");
        yield return Case(
            "cut off", "{\"vendorData\":\"us"u8.ToArray(), "body: ends in the middle of the JSON; was it cut off? (line 1, byte 18)");
        yield return Case(
            "a trailing comma", "{\"vendorData\":\"u\",}"u8.ToArray(), "body: has a comma after the last member (line 1, byte 19)");
        yield return Case("UTF-16", Encoding.Unicode.GetBytes("{\"vendorData\":\"u\"}"), "body: is UTF-16 or UTF-32; publish it in UTF-8");
        yield return Case(
            "another charset", """{"vendorData":"u"}"""u8.ToArray(),
            "content_type: charset iso-8859-1 is not read", "application/json; charset=iso-8859-1");
        yield return Case(
            "requestedAt without an offset",
            """{"vendorData":"u","requestedAt":"2026-11-24T12:00:00"}"""u8.ToArray(),
            "requestedAt: expected a date-time with offset, such as 2026-11-24T12:00:00Z");
        yield return Case("empty vendorData", """{"vendorData":""}"""u8.ToArray(), "vendorData: expected 1 to 255 characters");
        yield return Case("no vendorData", "{}"u8.ToArray(), "vendorData: is required");
        yield return Case(
            "wrong types", """{"vendorData":1,"metadata":[],"contactDetails":{"email":true}}"""u8.ToArray(),
            "metadata: expected an object, got Array; contactDetails.email: expected a string");
        yield return Case(
            "wrong content type", """{"vendorData":"u"}"""u8.ToArray(), "content_type: expected application/json", "text/plain");
        yield return Case(
            "broken envelope", """{"vendorData":"u"}"""u8.ToArray(), "needs messageType and message", "application/vnd.masstransit+json");
        yield return Case(
            "a member of the envelope twice",
            InEnvelope("message", """{"vendorData":"v"}"""), "body: names message twice", Envelope);
        yield return Case(
            "a number for the time",
            InEnvelope("sentTime", "7"), "envelope: sentTime: expected a string", Envelope);
        yield return Case(
            "an object for an address",
            InEnvelope("responseAddress", "{}"), "envelope: responseAddress: expected a string", Envelope);
        yield return Case(
            "an array for the headers",
            InEnvelope("headers", "[1]"), "envelope: headers: expected an object", Envelope);
        yield return Case(
            "a number for the type", """{"messageType":7,"message":{"vendorData":"u"}}"""u8.ToArray(),
            "envelope: messageType: expected an array of strings", Envelope);
        yield return Case(
            "a misspelt id in an envelope",
            InEnvelope("message_id", "\"x\""), "envelope: found message_id: names are in camelCase; did you mean messageId?", Envelope);
        yield return Case(
            "a misspelt address in an envelope",
            InEnvelope("response_address", "\"x\""), "envelope: found response_address", Envelope);
        yield return Case(
            "too deep in an envelope",
            Encoding.UTF8.GetBytes(
            """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""
                + string.Concat(Enumerable.Repeat("{\"a\":", 30_000)) + "1" + new string('}', 30_001)), "deeper than 32 levels", Envelope);
        yield return Case(
            "envelope around null",
            """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":null}"""u8.ToArray(), "message",
            "application/vnd.masstransit+json");
    }

    // Around a message that is good, with one member more.
    private static byte[] InEnvelope(string name, string value) => Encoding.UTF8.GetBytes(
        $$"""{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":{"vendorData":"u"},"{{name}}":{{value}}}""");

    private static TestCaseData Case(string name, byte[] body, string expected, string contentType = "application/json") =>
        new TestCaseData(body, expected, contentType).SetArgDisplayNames(name);
}
