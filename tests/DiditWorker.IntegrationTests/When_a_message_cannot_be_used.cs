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

    [TestCaseSource(typeof(UnusableBodies), nameof(UnusableBodies.All))]
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
}
