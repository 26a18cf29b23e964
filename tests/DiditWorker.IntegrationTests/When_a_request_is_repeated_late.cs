using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// A .NET publisher repeats a request after the window. MassTransit stamps each publication with the time of that publication, so only
/// <see cref="StartVerification.RequestedAt"/> says that the request is old.
/// </summary>
public sealed class When_a_request_is_repeated_late
{
    private static readonly Guid Id = Guid.Parse("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11");
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow.AddDays(-3);

    [Test]
    public async Task Its_session_is_adopted()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        var made = Made(arena);

        await PublishAsync(worker.Services, LongAgo);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(made.SessionId);
        arena.Didit.State.Requests.ShouldNotContain(request => request.Operation == DiditOperation.Create);
    }

    [Test]
    public async Task So_it_is_for_plain_json_with_a_new_timestamp()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var made = Made(arena);

        await arena.Broker.PublishRawAsync(
            Id.ToString(), $$"""{"vendorData":"user-1","requestedAt":"{{LongAgo:O}}"}""", DateTimeOffset.UtcNow);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(made.SessionId);
    }

    [Test]
    public async Task Inside_the_window_it_is_answered_from_the_record_whether_it_says_so_or_not()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        await PublishAsync(worker.Services, requestedAt: null);
        await arena.Broker.UntilAnswersAsync(1);
        await PublishAsync(worker.Services, DateTimeOffset.UtcNow);
        await arena.Broker.UntilAnswersAsync(2);
        await PublishAsync(worker.Services, LongAgo);
        await arena.Broker.UntilAnswersAsync(3);

        arena.Broker.Created.Select(answer => answer.Message.GetRawText()).Distinct().Count().ShouldBe(1);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task What_operators_see_of_it_is_as_old()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync(
            "order-1", $$"""{"vendorData":"user-1","requestedAt":"{{LongAgo:O}}"}""", "System.IO.IOException", DateTimeOffset.UtcNow);

        var list = await arena.OperateAsync("dead-letters", "list", "--json");
        list.Json[0].GetProperty("window").GetProperty("expired").GetInt32().ShouldBe(1, list.ToString());
        var show = await arena.OperateAsync("dead-letters", "show", "order-1", "--json");
        show.Json.GetProperty("publishedAt").GetDateTimeOffset().ShouldBe(LongAgo);
        var plan = await arena.OperateAsync("dead-letters", "plan");
        plan.Notes.ShouldContain("1 beyond the window");
    }

    private static SimulatedSession Made(Arena arena) => arena.Didit.State.Seed(new()
    {
        VendorData = "user-1", WorkflowId = Arena.Workflow, Status = "Approved", CreatedAt = LongAgo.AddMinutes(1),
        Metadata = JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["diditworker_key"] = IdempotencyKey.Create("start-verification", Id.ToString()).ToString(),
        }),
    });

    private static Task PublishAsync(IServiceProvider services, DateTimeOffset? requestedAt) => services.GetRequiredService<IBus>().Publish(
        new StartVerification { VendorData = "user-1", RequestedAt = requestedAt }, context => context.MessageId = Id);
}
