using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The header DiditWorker-Outcome: the only thing in which repeats of an answer differ.</summary>
public sealed class When_an_answer_says_how_it_came
{
    private const string Request = """{"vendorData":"user-1"}""";

    [Test]
    public async Task The_first_is_created_and_every_repeat_is_replayed_with_the_same_content()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        for (var i = 1; i <= 3; i++)
        {
            await arena.Broker.PublishRawAsync("order-1", Request);
            await arena.Broker.UntilAnswersAsync(i);
        }

        var answers = arena.Broker.Created.ToList();
        answers.Select(a => a.Outcome).ShouldBe(["created", "replayed", "replayed"]);
        answers.Select(a => (a.MessageId, a.CorrelationId, a.Message.GetRawText())).Distinct().Count().ShouldBe(1);
        answers[0].Message.GetRawText()
            .ShouldNotContain("\n", customMessage: "MassTransit writes line breaks and blanks unless told otherwise");
    }

    [Test]
    public async Task A_session_found_at_didit_is_adopted()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var key = IdempotencyKey.Create("start-verification", "order-1").ToString();
        arena.Didit.State.Seed(new()
        {
            VendorData = "user-1", WorkflowId = Arena.Workflow, Status = "Approved",
            Metadata = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["diditworker_key"] = key }),
        });

        await arena.Broker.PublishRawAsync("order-1", Request, DateTimeOffset.UtcNow.AddDays(-3));
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Outcome.ShouldBe("adopted");
    }

    [TestCase("""{"vendorData":""}""")]
    [TestCase("this is no JSON")]
    public async Task A_rejection_is_rejected_whoever_publishes_it(string body)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();

        await arena.Broker.PublishRawAsync("order-1", body);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Outcome.ShouldBe("rejected");
    }

    [Test]
    public async Task The_answer_to_a_response_address_says_it_too()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        var client = worker.Services.GetRequiredService<IBus>().CreateRequestClient<StartVerification>();

        var response = await client.GetResponse<VerificationSessionCreated>(new StartVerification { VendorData = "user-1" });

        response.Headers.Get<string>(AnswerHeaders.Outcome).ShouldBe("created");
    }
}
