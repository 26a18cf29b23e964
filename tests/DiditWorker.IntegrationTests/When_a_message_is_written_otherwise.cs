using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>Written by other serializers, or by hand: what can mean one thing only is read as that.</summary>
public sealed class When_a_message_is_written_otherwise
{
    private const string Id = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";
    private const string OtherWorkflow = "22222222-2222-4333-8444-555555555555";
    private const string ByteOrderMark = "\ufeff";
    private const string InEnvelope =
        $$"""{"messageId":"{{Id}}","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""
        + """{"vendorData":"user-1"},"sentTime":"SENT"}""";

    [TestCase("""{"vendorData":"user-1","WorkflowId":"22222222-2222-4333-8444-555555555555","ExpectedDetails":{"first_name":"Jane"}}""")]
    [TestCase("""{"VENDORDATA":"user-1","WORKFLOWID":"22222222-2222-4333-8444-555555555555","EXPECTEDDETAILS":{"first_name":"Jane"}}""")]
    [TestCase("""{"vendordata":"user-1","workflowid":"22222222-2222-4333-8444-555555555555","expecteddetails":{"first_name":"Jane"}}""")]
    public async Task Its_names_are_read_in_any_case(string json)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", json);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Created.Single().Text("workflowId").ShouldBe(OtherWorkflow);

        // The same payload, in the case that is published: expectedDetails were read, too.
        await arena.Broker.PublishRawAsync(
            "order-1",
            """{"vendorData":"user-1","workflowId":"22222222-2222-4333-8444-555555555555","expectedDetails":{"first_name":"Jane"}}""");
        await arena.Broker.UntilAnswersAsync(2);
        arena.Broker.Created.Count().ShouldBe(2);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    private static IEnumerable<TestCaseData> Envelopes()
    {
        yield return new(InEnvelope, "application/json");
        yield return new(InEnvelope, " Application/JSON ; charset=UTF-8");
        yield return new(InEnvelope, "text/json");
        yield return new(ByteOrderMark + InEnvelope, "application/json");
        yield return new(ByteOrderMark + InEnvelope, "application/vnd.masstransit+json");
        yield return new(ByteOrderMark + InEnvelope, null);
        yield return new(
            InEnvelope.Replace("messageId", "MessageId", StringComparison.Ordinal)
                .Replace("messageType", "MessageType", StringComparison.Ordinal)
                .Replace("\"message\"", "\"MESSAGE\"", StringComparison.Ordinal)
                .Replace("sentTime", "SentTime", StringComparison.Ordinal),
            "application/vnd.masstransit+json");
    }

    // A time of three days ago leads to a look-up: it was read.
    [TestCaseSource(nameof(Envelopes))]
    public async Task An_envelope_is_read_as_one(string json, string? contentType)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await PublishAsync(arena, json, DateTimeOffset.UtcNow, contentType);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Created.Single().Text("requestId").ShouldBe(Id);
        arena.Didit.State.Requests.ShouldNotContain(request => request.Operation == DiditOperation.List);

        await PublishAsync(
            arena, json.Replace(Id, "1" + Id[1..], StringComparison.Ordinal), DateTimeOffset.UtcNow.AddDays(-3), contentType);
        await arena.Broker.UntilAnswersAsync(2);
        arena.Didit.State.Requests.ShouldContain(request => request.Operation == DiditOperation.List);
    }

    [TestCase("application/json")]
    [TestCase("application/vnd.masstransit+json")]
    public async Task An_envelope_of_another_type_is_skipped(string contentType)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var body = ByteOrderMark + InEnvelope.Replace("DiditWorker.Contracts", "Somebody.Else", StringComparison.Ordinal);
        await PublishAsync(arena, body, DateTimeOffset.UtcNow, contentType);

        var skipped = await arena.Broker.TakeAsync("start-verification_skipped");
        Encoding.UTF8.GetString(skipped.Body.Span).ShouldStartWith(ByteOrderMark);
        arena.Didit.State.Requests.ShouldBeEmpty();
    }

    [TestCase("application/json", null)]
    [TestCase("application/json; charset=utf-8", "utf-8")]
    [TestCase("text/json", "UTF8")]
    [TestCase(null, "identity")]
    public async Task A_byte_order_mark_and_what_says_utf_8_are_passed_over(string? contentType, string? contentEncoding)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishAsync(
            new() { MessageId = "order-1", ContentType = contentType, ContentEncoding = contentEncoding },
            Encoding.UTF8.GetBytes(ByteOrderMark + """{"vendorData":"user-1"}"""));
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("vendorData").ShouldBe("user-1");
    }

    // contracts page: reply_to is not read.
    [TestCase("amq.rabbitmq.reply-to")]
    [TestCase("replies")]
    [TestCase("rabbitmq://localhost/replies")]
    public async Task Reply_to_is_not_read_and_the_answer_is_published_as_ever(string replyTo)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("replies", durable: false, exclusive: true, autoDelete: true);
        await using var consumer = await connection.CreateChannelAsync();
        if (replyTo == "amq.rabbitmq.reply-to")
        {
            // RabbitMQ takes such a message only from a channel that listens.
            await channel.BasicConsumeAsync(replyTo, autoAck: true, new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel));
        }

        var properties = new BasicProperties
        {
            MessageId = "order-1",
            ContentType = "application/json",
            ReplyTo = replyTo,
            CorrelationId = "mine",
        };
        await channel.BasicPublishAsync("DiditWorker.Contracts:StartVerification", "", mandatory: true, properties,
            Encoding.UTF8.GetBytes("""{"vendorData":"user-1"}"""));
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("requestId").ShouldBe("order-1");
        (await channel.QueueDeclarePassiveAsync("replies")).MessageCount.ShouldBe(0u);
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync(TestBroker.Queue) == 0, TimeSpan.FromSeconds(10), "it is acknowledged");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    private static Task PublishAsync(Arena arena, string json, DateTimeOffset sent, string? contentType) =>
        arena.Broker.PublishBytesAsync(
            "property-id", Encoding.UTF8.GetBytes(json.Replace("SENT", sent.ToString("O"), StringComparison.Ordinal)),
            contentType, timestamp: null);
}
