using System.Text.Json;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_a_fault_is_scripted : FaultTest
{
    [Test]
    public async Task A_delay_holds_the_create_back()
    {
        Script(FaultKind.Delay, rule => rule with { Delay = TimeSpan.FromSeconds(3) });
        var create = CreateAsync();
        await Time.SomebodyWaitsAsync();
        State.Sessions.ShouldBeEmpty();

        Time.Advance(TimeSpan.FromSeconds(3));

        (await StatusOfAsync(create)).ShouldBe(201);
        ShouldBeLogged(FaultKind.Delay, 201, made: true);
    }

    [TestCase(FaultKind.TimeoutAfterCreate, true)]
    [TestCase(FaultKind.TimeoutBeforeCreate, false)]
    public async Task A_timeout_keeps_silent_until_the_client_leaves(FaultKind kind, bool made)
    {
        Script(kind);
        using var leaving = new CancellationTokenSource();
        var create = CreateAsync(leave: leaving.Token);
        await EventuallyAsync(() => State.Requests.Any(request => request.Fault == kind && request.Made == made));
        create.IsCompleted.ShouldBeFalse();

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(create);
        ShouldBeLogged(kind, 0, made);
    }

    [Test]
    public async Task A_timeout_after_the_create_answers_late_once_its_delay_is_over()
    {
        Script(FaultKind.TimeoutAfterCreate, rule => rule with { Delay = TimeSpan.FromMinutes(1) });
        var create = CreateAsync();
        await Time.SomebodyWaitsAsync();
        State.Sessions.Count.ShouldBe(1);

        Time.Advance(TimeSpan.FromMinutes(1));

        (await StatusOfAsync(create)).ShouldBe(201);
    }

    [Test]
    public async Task A_timeout_before_the_create_cuts_the_connection_once_its_delay_is_over()
    {
        Script(FaultKind.TimeoutBeforeCreate, rule => rule with { Delay = TimeSpan.FromMinutes(1) });
        var create = CreateAsync();
        await Time.SomebodyWaitsAsync();

        Time.Advance(TimeSpan.FromMinutes(1));

        await Should.ThrowAsync<HttpRequestException>(create);
        ShouldBeLogged(FaultKind.TimeoutBeforeCreate, 0, made: false);
    }

    [TestCase(FaultKind.ResetAfterCreate, true)]
    [TestCase(FaultKind.ResetBeforeCreate, false)]
    public async Task A_reset_cuts_the_connection(FaultKind kind, bool made)
    {
        Script(kind);

        await Should.ThrowAsync<HttpRequestException>(CreateAsync());

        ShouldBeLogged(kind, 0, made);
    }

    [Test]
    public async Task A_malformed_body_follows_the_work()
    {
        Script(FaultKind.Malformed);

        using var response = await CreateAsync();

        var text = await response.Content.ReadAsStringAsync();
        Should.Throw<JsonException>(() => JsonDocument.Parse(text));
        ShouldBeLogged(FaultKind.Malformed, 201, made: true);
    }

    [TestCase("null")]
    [TestCase("7")]
    [TestCase("{\"status\":\"Approved\"}")]
    public async Task A_list_can_have_a_row_that_nobody_can_read(string row)
    {
        var page = $$"""{"count":1,"next":null,"previous":null,"results":[{{row}}]}""";
        State.AddFault(new() { Operation = DiditOperation.List, Kind = FaultKind.Malformed, Body = page });

        (await GetAsync("/v3/sessions/"))["results"]!.ToJsonString().ShouldBe($"[{row}]");
    }

    [TestCase(null, 8 * 1024 * 1024)]
    [TestCase(100_000, 100_000)]
    public async Task A_huge_body_follows_the_work(int? size, int sent)
    {
        Script(FaultKind.Huge, rule => rule with { Size = size });

        using var response = await CreateAsync();

        (await response.Content.ReadAsByteArrayAsync()).Length.ShouldBe(sent);
        (await BodyAsync(response)).ContainsKey("session_id").ShouldBeTrue();
        ShouldBeLogged(FaultKind.Huge, 201, made: true);
    }

    [Test]
    public async Task An_empty_body_follows_the_work()
    {
        Script(FaultKind.Empty);

        using var response = await CreateAsync();

        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        ShouldBeLogged(FaultKind.Empty, 201, made: true);
    }

    [Test]
    public async Task A_redirect_leads_to_another_path_where_a_follower_is_logged()
    {
        Script(FaultKind.Redirect);

        using var response = await CreateAsync();

        ((int)response.StatusCode).ShouldBe(307);
        ShouldBeLogged(FaultKind.Redirect, 307, made: false);
        (await StatusOfAsync(Didit.GetAsync(response.Headers.Location))).ShouldBe(404);
        State.Requests[1].Operation.ShouldBe(DiditOperation.Other);
    }
}
