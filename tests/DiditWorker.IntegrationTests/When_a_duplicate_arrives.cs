using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_a_duplicate_arrives
{
    private const string Id = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";

    [Test]
    public async Task It_answers_from_the_record_without_any_http_call()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishEnvelopeAsync(Id, """{"vendorData":"user-1","metadata":{"a":1,"b":[1.0,"x"]}}""");
        await arena.Broker.UntilAnswersAsync(1);
        var before = arena.Didit.State.Requests.Count;

        // The same payload, raw this time, in another order and notation; then once more in the envelope with the id in capitals.
        await arena.Broker.PublishRawAsync(Id, """{ "metadata": {"b":[1e0,"\u0078"], "a":1.0}, "vendorData":"user-1" }""");
        await arena.Broker.PublishEnvelopeAsync(Id.ToUpperInvariant(), """{"vendorData":"user-1","metadata":{"a":1,"b":[1,"x"]}}""");
        await arena.Broker.UntilAnswersAsync(3);

        before.ShouldBe(1);
        arena.Didit.State.Requests.Count.ShouldBe(before);
        arena.Didit.State.Requests[0].IdempotencyKey.ShouldBe("b2d1c381-5832-56a2-9bf3-b533fd568454");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [Test]
    public async Task Every_repeat_has_the_same_message_id_correlation_id_and_body()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        for (var i = 1; i <= 3; i++)
        {
            await arena.Broker.PublishRawAsync("order-42", """{"vendorData":"user-1"}""");
            await arena.Broker.UntilAnswersAsync(i);
        }

        var answers = arena.Broker.Created.ToList();
        answers.Select(a => (a.MessageId, a.CorrelationId, a.Message.GetRawText())).Distinct().Count().ShouldBe(1);
        answers[0].MessageId.ShouldBe(
            IdempotencyKey.Create("start-verification", "order-42").EventId("VerificationSessionCreated").ToString());
        answers[0].Text("requestId").ShouldBe("order-42");
        answers[0].Text("idempotencyKey").ShouldBe("9b010311-4ba7-5932-b0f7-35e2f9a98ac7");
        answers[0].CorrelationId.ShouldBe("9b010311-4ba7-5932-b0f7-35e2f9a98ac7");
        answers[0].Text("vendorData").ShouldBe("user-1");
        answers[0].Text("workflowId").ShouldBe(Arena.Workflow);
        answers[0].Text("sessionId").ShouldBe(arena.Didit.State.Sessions.Single().SessionId);
        answers[0].Text("url").ShouldNotBeNullOrEmpty();
    }

    [Test]
    public async Task A_scheduler_that_replaced_the_message_id_changes_nothing()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishEnvelopeAsync(Id, """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);

        var body = """{"messageId":"99999999-7a52-4a53-9a0e-1d6f1f0c9c11","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":{"vendorData":"user-1"}}"""u8.ToArray();
        await arena.Broker.PublishBytesAsync(
            "99999999-7a52-4a53-9a0e-1d6f1f0c9c11", body, "application/vnd.masstransit+json", timestamp: null,
            new() { ["MT-OriginalMessageId"] = Id });
        await arena.Broker.UntilAnswersAsync(2);

        arena.Broker.Created.Select(a => a.Text("requestId")).ShouldBe([Id, Id]);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }
}
