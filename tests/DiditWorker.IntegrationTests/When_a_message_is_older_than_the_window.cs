using System.Text.Json.Nodes;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// No record in Redis any more, and Didit has forgotten the key: only the look-up stands between a replay and a second session.
/// </summary>
public sealed class When_a_message_is_older_than_the_window
{
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow.AddDays(-3);

    [TestCase("Approved", true)]
    [TestCase("Declined", false)]
    public async Task A_finished_session_that_carries_the_key_is_adopted(string status, bool listReturnsMetadata)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ListReturnsMetadata = listReturnsMetadata });
        await arena.StartWorkerAsync();
        var key = IdempotencyKey.Create("start-verification", "order-1").ToString();
        var made = arena.Didit.State.Seed(Session("user-1", status, new() { ["diditworker_key"] = key }));
        arena.Didit.State.Seed(Session("user-1", "Approved", new() { ["diditworker_key"] = "of another message" }));

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(made.SessionId);
        arena.Broker.Created.Single().Text("status").ShouldBe(status);
        arena.Didit.State.Requests.ShouldNotContain(r => r.Operation == DiditOperation.Create);

        // The adopted session is the record now.
        var requests = arena.Didit.State.Requests.Count;
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(2);
        arena.Didit.State.Requests.Count.ShouldBe(requests);
        arena.Broker.Created.Select(a => a.Message.GetRawText()).Distinct().Count().ShouldBe(1);
    }

    [Test]
    public async Task A_finished_session_whose_key_was_overwritten_is_not_created_again_but_parked()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var candidate = arena.Didit.State.Seed(Session("user-1", "Approved", new() { ["something"] = "else" }));

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("code").ShouldBe("AmbiguousSession");
        arena.Broker.Rejected.Single().Text("reason")!.ShouldContain(candidate.SessionId);
        var parked = await arena.Broker.TakeAsync("start-verification_error");
        TestBroker.Header(parked, "MT-Fault-ExceptionType").ShouldBe("DiditWorker.Verification.AmbiguousSessionException");
        arena.Didit.State.Requests.ShouldNotContain(r => r.Operation == DiditOperation.Create);
    }

    [Test]
    public async Task Sessions_of_other_messages_and_older_ones_do_not_stand_in_the_way()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.Seed(Session("user-1", "Approved", new() { ["diditworker_key"] = "of another message" }));
        arena.Didit.State.Seed(Session("user-1", "Declined", []) with { CreatedAt = LongAgo.AddDays(-1) });

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Count().ShouldBe(1);
        arena.Didit.State.Requests.Count(r => r.Operation == DiditOperation.Create).ShouldBe(1);
    }

    [Test]
    public async Task An_unfinished_session_is_handed_back_by_didit()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var unfinished = arena.Didit.State.Seed(Session("user-1", "In Progress", []));

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(unfinished.SessionId);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task Many_pages_are_read_to_the_last()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ListReturnsMetadata = true });
        await arena.StartWorkerAsync();
        var key = IdempotencyKey.Create("start-verification", "order-1").ToString();
        var made = arena.Didit.State.Seed(Session("user-1", "Approved", new() { ["diditworker_key"] = key }) with { CreatedAt = LongAgo });
        for (var i = 0; i < 250; i++)
        {
            arena.Didit.State.Seed(Session("user-1", "Approved", new() { ["diditworker_key"] = $"other-{i}" }));
        }

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(made.SessionId);
        arena.Didit.State.Requests.Count(r => r.Operation == DiditOperation.List).ShouldBeGreaterThanOrEqualTo(3);
    }

    private static SessionSeed Session(string vendorData, string status, JsonObject metadata) => new()
    {
        VendorData = vendorData, WorkflowId = Arena.Workflow, Status = status,
        Metadata = System.Text.Json.JsonSerializer.SerializeToElement(metadata), CreatedAt = LongAgo.AddMinutes(1),
    };
}
