using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Support;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_a_response_address_is_given
{
    [Test]
    public async Task The_same_answer_goes_there_too()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        var client = worker.Services.GetRequiredService<IBus>().CreateRequestClient<StartVerification>();

        var response = await client.GetResponse<VerificationSessionCreated,
            VerificationSessionRejected>(new StartVerification { VendorData = "user-1" });

        response.Is(out Response<VerificationSessionCreated>? created).ShouldBeTrue();
        await arena.Broker.UntilAnswersAsync(1);
        var published = arena.Broker.Created.Single();
        created!.Message.SessionId.ShouldBe(published.Text("sessionId"));
        created.MessageId.ToString().ShouldBe(published.MessageId);
        created.CorrelationId.ToString().ShouldBe(published.CorrelationId);
    }

    [Test]
    public async Task A_rejection_goes_there_instead_of_a_fault()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        var client = worker.Services.GetRequiredService<IBus>().CreateRequestClient<StartVerification>();

        var response = await client.GetResponse<VerificationSessionCreated,
            VerificationSessionRejected>(new StartVerification { VendorData = "" });

        response.Is(out Response<VerificationSessionRejected>? rejected).ShouldBeTrue();
        rejected!.Message.Code.ShouldBe(RejectionCodes.InvalidMessage);
    }
}
