using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

public sealed class When_a_deadline_passes
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private Arena _arena = null!;
    private IHost? _worker;

    [SetUp]
    public async Task OpenAsync()
    {
        _arena = await Arena.OpenAsync();
        _arena.LetLeasesEndSoon();
        _arena.Settings["Didit:LookupDelay"] = "00:00:00.200";
    }

    [TearDown]
    public async Task CloseAsync()
    {
        // What is still held goes back to the queue.
        using (_worker)
        {
            await (_worker?.StopAsync() ?? Task.CompletedTask);
        }

        await _arena.DisposeAsync();
    }

    [Test]
    public async Task It_is_answered_Expired_once_and_neither_created_nor_parked()
    {
        _worker = await _arena.StartWorkerAsync();

        await _arena.Broker.PublishRawAsync("raw", Body(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await _arena.Broker.PublishEnvelopeAsync("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11", Body(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await _arena.Broker.UntilAnswersAsync(2);

        _arena.Broker.Rejected.ShouldAllBe(answer => answer.Text("code") == RejectionCodes.Expired);
        await ShouldBeOverAsync(sessions: 0);
    }

    [Test]
    public async Task The_expiration_time_of_the_envelope_counts_as_well()
    {
        _worker = await _arena.StartWorkerAsync();
        const string id = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c12";

        var envelope =
            $$"""
            {"messageId":"{{id}}","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],
             "expirationTime":"{{DateTimeOffset.UtcNow.AddSeconds(-1):O}}","message":{{Body(DateTimeOffset.UtcNow.AddHours(1))}}}
            """;
        await _arena.Broker.PublishBytesAsync(
            id, System.Text.Encoding.UTF8.GetBytes(envelope), "application/vnd.masstransit+json", timestamp: null);
        await _arena.Broker.UntilAnswersAsync(1);

        _arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        await ShouldBeOverAsync(sessions: 0);
    }

    [Test]
    public async Task One_that_is_answered_is_answered_from_its_record()
    {
        _worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishRawAsync("order", Body(DateTimeOffset.UtcNow.AddHours(1)));
        await _arena.Broker.UntilAnswersAsync(1);

        await _arena.Broker.PublishRawAsync("order", Body(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await _arena.Broker.UntilAnswersAsync(2);

        _arena.Broker.Created.Count().ShouldBe(2);
        _arena.Broker.Created.Select(answer => answer.Text("sessionId")).Distinct().Count().ShouldBe(1);
        await ShouldBeOverAsync(sessions: 1);
    }

    [Test]
    public async Task A_later_deadline_under_the_same_id_makes_a_session_after_all()
    {
        _worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishRawAsync("order", Body(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await _arena.Broker.UntilAnswersAsync(1);

        await _arena.Broker.PublishRawAsync("order", Body(DateTimeOffset.UtcNow.AddHours(1)));
        await _arena.Broker.UntilAnswersAsync(2);

        _arena.Broker.Created.Count().ShouldBe(1);
        await ShouldBeOverAsync(sessions: 1);
    }

    [Test]
    public async Task While_creates_pause_it_is_answered_without_didit()
    {
        _arena.Settings["Didit:RefusedPause"] = "00:10:00";
        _arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 402, Count = 1000 });
        _worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishRawAsync("first", Body(notAfter: null));
        await Eventually.UntilAsync(() => Task.FromResult(Creates() > 0), Bound, "creates pause");

        await _arena.Broker.PublishRawAsync("order", Body(DateTimeOffset.UtcNow.AddSeconds(3)));
        await _arena.Broker.UntilAnswersAsync(1);

        _arena.Broker.Rejected.Single().Text("requestId").ShouldBe("order");
        _arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        _arena.Didit.State.Requests.ShouldAllBe(request => request.VendorData != "order");
    }

    // A place in the rate comes after ten seconds.
    [Test]
    public async Task One_that_waits_for_the_rate_is_answered_when_it_is_over()
    {
        _arena.Settings["Didit:RequestsPerMinute"] = "1";
        _worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishRawAsync("first", Body(notAfter: null));
        await _arena.Broker.UntilAnswersAsync(1);

        await _arena.Broker.PublishRawAsync("order", Body(DateTimeOffset.UtcNow.AddSeconds(3)));
        await _arena.Broker.UntilAnswersAsync(2);

        _arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        await ShouldBeOverAsync(sessions: 1);
    }

    [TestCase(FaultKind.StatusAfterCreate, true)]
    [TestCase(FaultKind.Status, false)]
    public async Task An_ambiguous_attempt_is_looked_up_and_its_session_adopted(FaultKind kind, bool made)
    {
        _arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = kind, Status = 502, Count = 1000 });

        // So that the first attempt is the only one before the deadline.
        _arena.Didit.State.AddFault(new() { Operation = DiditOperation.List, Kind = FaultKind.Status, Status = 503, Count = 1000 });
        _worker = await _arena.StartWorkerAsync();
        var deadline = DateTimeOffset.UtcNow.AddSeconds(4);
        await _arena.Broker.PublishRawAsync("order", Body(deadline));
        await Eventually.UntilAsync(
            () => Task.FromResult(Creates() > 0 && DateTimeOffset.UtcNow > deadline), Bound, "it was tried and is past its deadline");

        _arena.Didit.State.ClearFaults();
        await _arena.Broker.UntilAnswersAsync(1);

        if (made)
        {
            _arena.Broker.Created.Single().Text("requestId").ShouldBe("order");
        }
        else
        {
            _arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        }

        await ShouldBeOverAsync(sessions: made ? 1 : 0);
        _arena.Didit.State.Requests.Where(request => request.Operation == DiditOperation.Create)
            .ShouldAllBe(create => create.At < deadline);
    }

    private async Task ShouldBeOverAsync(int sessions)
    {
        _arena.Didit.State.Sessions.Count.ShouldBe(sessions);
        (await _arena.Broker.DepthAsync(TestBroker.Queue + "_error")).ShouldBe(0u);
        await Eventually.UntilAsync(async () => await _arena.Broker.DepthAsync(TestBroker.Queue) == 0, Bound, "the queue is empty");
        _arena.Logs.Text.ShouldNotContain("vendorData");
    }

    private int Creates() => _arena.Didit.State.Requests.Count(request => request.Operation == DiditOperation.Create);

    private static string Body(DateTimeOffset? notAfter) => notAfter is { } end
        ? $$"""{"vendorData":"order","notAfter":"{{end:O}}"}"""
        : """{"vendorData":"somebody"}""";
}
