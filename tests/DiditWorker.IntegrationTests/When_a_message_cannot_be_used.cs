using System.IO.Compression;
using System.Text;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>Each gets a clear error, is answered where it has an id, is parked, and the queue goes on.</summary>
public sealed class When_a_message_cannot_be_used
{
    private const string Error = "start-verification_error";
    private const string Envelope = "application/vnd.masstransit+json";

    private static IEnumerable<TestCaseData> Bodies()
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
            [
                .. """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""u8,
                .. """{"vendorData":"u"},"message":{"vendorData":"v"}}"""u8,
            ],
            "body: names message twice",
            Envelope);
        yield return Case(
            "a number for the time",
            [
                .. """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""u8,
                .. """{"vendorData":"u"},"sentTime":7}"""u8,
            ],
            "envelope: sentTime: expected a string",
            Envelope);
        yield return Case(
            "an object for an address",
            [
                .. """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""u8,
                .. """{"vendorData":"u"},"responseAddress":{}}"""u8,
            ],
            "envelope: responseAddress: expected a string",
            Envelope);
        yield return Case(
            "an array for the headers",
            [
                .. """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""u8,
                .. """{"vendorData":"u"},"headers":[1]}"""u8,
            ],
            "envelope: headers: expected an object",
            Envelope);
        yield return Case(
            "a number for the type", """{"messageType":7,"message":{"vendorData":"u"}}"""u8.ToArray(),
            "envelope: messageType: expected an array of strings", Envelope);
        yield return Case(
            "a misspelt id in an envelope",
            [
                .. """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""u8,
                .. """{"vendorData":"u"},"message_id":"x"}"""u8,
            ],
            "envelope: found message_id: names are in camelCase; did you mean messageId?",
            Envelope);
        yield return Case(
            "a misspelt address in an envelope",
            [
                .. """{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""u8,
                .. """{"vendorData":"u"},"response_address":"x"}"""u8,
            ],
            "envelope: found response_address",
            Envelope);
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

    [TestCaseSource(nameof(Bodies))]
    public async Task It_is_rejected_with_what_is_wrong_and_the_queue_goes_on(byte[] body, string expected, string contentType)
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        await arena.Broker.PublishBytesAsync("bad-1", body, contentType, DateTimeOffset.UtcNow);
        await arena.Broker.PublishRawAsync("good-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(2);

        var rejected = arena.Broker.Rejected.Single();
        rejected.Text("code").ShouldBe("InvalidMessage");
        rejected.Text("requestId").ShouldBe("bad-1");
        rejected.Text("reason")!.ShouldContain(expected);
        arena.Broker.Created.Single().Text("requestId").ShouldBe("good-1");
        var parked = await arena.Broker.TakeAsync(Error);
        parked.Body.ToArray().ShouldBe(body);
        TestBroker.Header(parked, "MT-Fault-ExceptionType").ShouldBe("DiditWorker.Verification.InvalidMessageException");
        TestBroker.Header(parked, "MT-Fault-Message")!.ShouldContain(expected);
        await worker.StopAsync();
        (await arena.Broker.DepthAsync("start-verification")).ShouldBe(0u);
        (await arena.Broker.DepthAsync("start-verification_skipped")).ShouldBe(0u);
    }

    // Neither is a session made, nor does the first attempt stand in the way of the second one.
    [TestCase("""{"vendorData":"user-1","calback":"https://a.example/x"}""",
        """{"vendorData":"user-1","callback":"https://a.example/x"}""")]
    [TestCase("""{"vendor_data":"user-1"}""", """{"vendorData":"user-1"}""")]
    public async Task The_corrected_one_is_answered_under_the_same_id(string misspelt, string corrected)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", misspelt);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Rejected.Single().Text("reason")!.ShouldContain("did you mean");
        arena.Didit.State.Requests.ShouldBeEmpty();

        await arena.Broker.PublishRawAsync("order-1", corrected);
        await arena.Broker.UntilAnswersAsync(2);
        arena.Broker.Created.Single().Text("requestId").ShouldBe("order-1");
    }

    [TestCase("gzip", "content_encoding: gzip is not read; publish the body uncompressed")]
    [TestCase("deflate", "content_encoding: deflate is not read; publish the body uncompressed")]
    [TestCase(null, "body: is compressed with gzip; publish it uncompressed")]
    public async Task A_compressed_body_is_named_as_such(string? contentEncoding, string expected)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var body = new MemoryStream();
        await using (var gzip = new GZipStream(body, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync("{\"vendorData\":\"user-1\"}"u8.ToArray());
        }

        await arena.Broker.PublishAsync(
            new() { MessageId = "bad-1", ContentType = "application/json", ContentEncoding = contentEncoding }, body.ToArray());
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("reason")!.ShouldStartWith(expected);
        var parked = await arena.Broker.TakeAsync(Error);
        parked.Body.ToArray().ShouldBe(body.ToArray());
        parked.BasicProperties.ContentEncoding.ShouldBe(contentEncoding);
    }

    [Test]
    public async Task Without_an_id_it_is_parked_without_an_answer()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync(null, """{"vendorData":"user-1"}""");

        var parked = await arena.Broker.TakeAsync(Error);
        TestBroker.Header(parked, "MT-Fault-Message")!.ShouldStartWith("message_id: is missing");
        await arena.Broker.PublishRawAsync("good-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Rejected.ShouldBeEmpty();
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task An_unknown_type_goes_to_the_skipped_queue()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishEnvelopeAsync(
            "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11", """{"vendorData":"user-1"}""", type: "Somebody.Else:Event");

        (await arena.Broker.TakeAsync("start-verification_skipped"))
            .BasicProperties.MessageId.ShouldBe("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11");
        arena.Didit.State.Requests.ShouldBeEmpty();
    }

    [TestCase("""{"vendorData":"user-1"}""")]
    [TestCase("""{"messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":{"vendorData":"user-1"}}""")]
    public async Task Without_a_content_type_it_is_read_as_what_it_looks_like(string json)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishBytesAsync("order-1", Encoding.UTF8.GetBytes(json), contentType: null, DateTimeOffset.UtcNow);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("requestId").ShouldBe("order-1");
    }

    [Test]
    public async Task What_is_parked_stays_whatever_the_input_queue_was_told()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("bad-1", "{}");
        await arena.Broker.UntilAnswersAsync(1);

        // Looked at more often than RabbitMQ 4 would deliver a message by default.
        for (var i = 0; i < 30; i++)
        {
            await arena.Broker.PeekAsync(Error);
        }

        (await arena.Broker.TakeAsync(Error)).BasicProperties.MessageId.ShouldBe("bad-1");
    }

    private static TestCaseData Case(string name, byte[] body, string expected, string contentType = "application/json") =>
        new TestCaseData(body, expected, contentType).SetArgDisplayNames(name);
}
