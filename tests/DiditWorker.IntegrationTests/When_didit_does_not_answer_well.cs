using DiditWorker.Didit;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The failure table, line by line, against real HTTP.</summary>
public sealed class When_didit_does_not_answer_well
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [TestCase(FaultKind.TimeoutAfterCreate, null)]
    [TestCase(FaultKind.TimeoutBeforeCreate, null)]
    [TestCase(FaultKind.ResetAfterCreate, null)]
    [TestCase(FaultKind.ResetBeforeCreate, null)]
    [TestCase(FaultKind.StatusAfterCreate, 502)]
    [TestCase(FaultKind.StatusAfterCreate, 408)]
    [TestCase(FaultKind.Status, 503)]
    [TestCase(FaultKind.Malformed, null)]
    [TestCase(FaultKind.Huge, null)]
    [TestCase(FaultKind.Empty, null)]
    [TestCase(FaultKind.Status, 429)]
    public async Task A_disturbed_create_leads_to_one_session_even_if_it_is_finished_meanwhile(FaultKind kind, int? status)
    {
        // Nothing at Didit helps here: it ignores the header and reuses nothing.
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:00.500";
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = kind, Status = status, Count = 1 });
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions[0].SessionId);
        arena.Didit.State.Requests.Where(r => r.Operation == DiditOperation.Create).Select(r => r.IdempotencyKey).Distinct().Count()
            .ShouldBe(1);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    // More than .NET's HTTP client reads (64 KiB); the session is there all the same.
    [Test]
    public async Task A_reply_with_a_bomb_of_headers_is_an_unclear_one()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new()
        {
            Operation = DiditOperation.Create, Kind = FaultKind.StatusAfterCreate, Status = 201, Count = 1,
            Headers = Enumerable.Range(0, 200).ToDictionary(i => $"X-Bomb-{i}", _ => new string('x', 1000), StringComparer.Ordinal),
        });
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions.Single().SessionId);
    }

    // What a look-up finds stands in the reason, hence in a header of the parked message.
    [Test]
    public async Task Very_many_sessions_to_choose_from_do_not_keep_the_message_from_being_parked()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ListReturnsMetadata = true });
        await arena.StartWorkerAsync();
        for (var i = 0; i < 3000; i++)
        {
            arena.Didit.State.Seed(new() { VendorData = "user-1", WorkflowId = Arena.Workflow, Status = "Approved" });
        }

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""", DateTimeOffset.UtcNow.AddDays(-3));
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("code").ShouldBe("AmbiguousSession");
        arena.Broker.Rejected.Single().Text("reason")!.ShouldEndWith(" and 2980 more");
        (await arena.Broker.TakeAsync("start-verification_error")).BasicProperties.MessageId.ShouldBe("order-1");
    }

    [TestCase(400)]
    [TestCase(422)]
    public async Task A_refusal_is_permanent_and_answered_from_the_record_the_next_time(int status)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = status });
        for (var i = 1; i <= 2; i++)
        {
            await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
            await arena.Broker.UntilAnswersAsync(i);
        }

        var rejected = arena.Broker.Rejected.ToList();
        rejected.Select(r => (r.MessageId, r.CorrelationId, r.Message.GetRawText())).Distinct().Count().ShouldBe(1);
        rejected[0].Text("code").ShouldBe("RefusedByDidit");
        rejected[0].Text("reason")!.ShouldContain($"{status}");
        arena.Didit.State.Requests.Count.ShouldBe(1);
        TestBroker.Header(await arena.Broker.TakeAsync("start-verification_error"), "MT-Fault-ExceptionType")
            .ShouldBe("DiditWorker.Verification.RefusedByDiditException");
    }

    [TestCase(401, "credentials_refused")]
    [TestCase(402, "credits_missing")]
    [TestCase(403, "credentials_refused")]
    [TestCase(307, "redirected")]
    public async Task What_stops_everything_leaves_the_messages_in_the_queue_until_it_is_over(int status, string reason)
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        var gate = worker.Services.GetRequiredService<DiditPipeline>().Creates.Gate;
        var fault = new FaultRule
        {
            Operation = DiditOperation.Create, Kind = status == 307 ? FaultKind.Redirect : FaultKind.Status, Status = status == 307
                ? null : status
        };
        arena.Didit.State.AddFault(fault);
        for (var i = 0; i < 10; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        // More than one probe, so that the pause is seen to go on.
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Faults.Single().Fired >= 13), Bound, "probes during the pause");
        gate.Current!.Reason.ShouldBe(reason);
        arena.Broker.Answers.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);

        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(10);
        arena.Broker.Created.Count().ShouldBe(10);
        arena.Didit.State.Sessions.Count.ShouldBe(10);
        gate.Current.ShouldBeNull();
    }

    [Test]
    public async Task A_conflict_is_resolved_by_adopting_the_original()
    {
        await using var arena =
            await Arena.OpenAsync(
                didit: new() { Header = HeaderMode.Honoured, RepeatReply = RepeatReply.Conflict, ReuseByVendorData = false });
        arena.Settings["Didit:LookupBeforeResend"] = "OutsideWindow";
        arena.Settings["Didit:AttemptTimeout"] = "00:00:00.500";
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Count = 1 });
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1, seconds: 120);

        arena.Didit.State.Requests.ShouldContain(r => r.Status == 409);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions.Single().SessionId);
    }

    [Test]
    public async Task An_outage_sends_nothing_to_the_error_queue()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        for (var i = 0; i < 40; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Faults.Single().Fired >= 30), Bound, "thirty failed requests");
        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(40, seconds: 120);

        arena.Broker.Created.Count().ShouldBe(40);
        arena.Didit.State.Sessions.Count.ShouldBe(40);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [TestCase(DiditOperation.Create)]
    [TestCase(DiditOperation.List)]
    public async Task A_message_that_alone_always_fails_is_parked_after_a_bounded_number_of_attempts(DiditOperation operation)
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Idempotency:MaximumAttempts"] = "3";
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = operation, Kind = FaultKind.Status, Status = 500, VendorData = "poison" });

        // Older than the window, so that a look-up comes first.
        await arena.Broker.PublishRawAsync("poison", """{"vendorData":"poison"}""", DateTimeOffset.UtcNow.AddDays(-3));
        var good = 0;
        await Eventually.UntilAsync(
            async () =>
            {
                // Others need what the bad one needs: a failed look-up counts only while other look-ups succeed.
                await arena.Broker.PublishRawAsync(
                    $"good-{++good}", $$"""{"vendorData":"user-{{good}}"}""", DateTimeOffset.UtcNow.AddDays(-3));
                return arena.Broker.Rejected.Any();
            },
            Bound,
            "the poisonous message is parked while others succeed");

        arena.Broker.Rejected.Single().Text("code").ShouldBe("AttemptsExhausted");
        TestBroker.Header(await arena.Broker.TakeAsync("start-verification_error"), "MT-Fault-ExceptionType")
            .ShouldBe("DiditWorker.Verification.AttemptsExhaustedException");
        await arena.Broker.UntilAnswersAsync(good + 1);
        arena.Broker.Created.Count().ShouldBe(good);
    }
}
