using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using MassTransit;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

/// <summary>
/// AMQP's <c>expiration</c>: the broker acts upon it while no worker has the message, and tells nobody. MassTransit's
/// <c>TimeToLive</c> sets it, and the envelope's <c>expirationTime</c> as well.
/// </summary>
public sealed class When_a_time_to_live_ends
{
    private const string Errors = TestBroker.Queue + "_error";
    private static readonly Guid Id = new("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11");
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task The_broker_moves_it_to_the_error_queue_and_nobody_is_answered()
    {
        await using var arena = await WithoutWorkerAsync();
        await arena.Broker.PublishAsync(
            new() { MessageId = "order-1", ContentType = "application/json", Persistent = true, Expiration = "300" },
            """{"vendorData":"user-1"}"""u8.ToArray());
        await UntilMovedAsync(arena);

        var shown = await ShownAsync(arena, "order-1");
        (Text(shown, "group"), Text(shown, "predicted")).ShouldBe(("TimeToLive", "look-up-then-create"));
        Text(shown, "faultMessage").ShouldBe(
            "the broker moved it out of start-verification, unanswered, since it had expired before a worker took it");
        (await arena.OperateAsync("dead-letters", "list", "--json")).Json[0].GetProperty("group").GetString().ShouldBe("TimeToLive");
        arena.Broker.Answers.ShouldBeEmpty();

        // It stays until a person decides, and its replay does not end in the same way.
        await arena.StartWorkerAsync();
        (await arena.OperateAsync("dead-letters", "replay", "--group", "TimeToLive", "--yes", "--wait")).ExitCode.ShouldBe(0);
        arena.Broker.Created.Single().Text("requestId").ShouldBe("order-1");
    }

    [Test]
    public async Task Of_MassTransits_the_broker_is_the_first_to_know()
    {
        await using var arena = await WithoutWorkerAsync();
        await PublishAsync(arena, TimeSpan.FromMilliseconds(300));
        await UntilMovedAsync(arena);

        var shown = await ShownAsync(arena, $"{Id}");
        (Text(shown, "group"), Text(shown, "predicted")).ShouldBe(("TimeToLive", "look-up-then-expire"));
        const string look = "look up, then be answered Expired if there is none";
        (await arena.OperateAsync("dead-letters", "show", $"{Id}")).Text.ShouldContain(look);
        (await arena.OperateAsync("dead-letters", "plan")).Text.ShouldContain(look);
        (await arena.OperateAsync("dead-letters", "plan", "--look-up")).Text.ShouldContain("be answered Expired: its deadline is over");
        arena.Broker.Answers.ShouldBeEmpty();

        await arena.StartWorkerAsync();
        var replayed = await arena.OperateAsync("dead-letters", "replay", "--yes", "--wait");

        replayed.ExitCode.ShouldBe(0, replayed.ToString());
        (replayed.Text + replayed.Notes).ShouldContain("1 answered Expired");
        arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        (await arena.Broker.DepthAsync(Errors)).ShouldBe(0u);
        arena.Didit.State.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task A_new_deadline_goes_before_the_one_of_the_envelope()
    {
        await using var arena = await WithoutWorkerAsync();
        await PublishAsync(arena, TimeSpan.FromMilliseconds(300));
        await UntilMovedAsync(arena);
        await arena.StartWorkerAsync();

        // What is edited otherwise would only be told Expired.
        var refused = await arena.OperateAsync("dead-letters", "replay", $"{Id}", "--set", "note=x", "--yes");
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Notes.ShouldContain("its deadline is over");

        var later = DateTimeOffset.UtcNow.AddHours(1);
        var replayed = await arena.OperateAsync("dead-letters", "replay", $"{Id}", "--set", $"notAfter={later:O}", "--yes", "--wait");

        replayed.ExitCode.ShouldBe(0, replayed.ToString());
        arena.Broker.Created.Single().Text("requestId").ShouldBe($"{Id}");
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    [Test]
    public async Task One_that_a_worker_holds_by_then_is_answered()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:RefusedPause"] = "00:10:00";
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 402 });
        var worker = await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("first", """{"vendorData":"first"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count > 0), Bound, "creates pause");

        await PublishAsync(arena, TimeSpan.FromSeconds(4));
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Rejected.Single().Text("requestId").ShouldBe($"{Id}");
        arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        (await arena.Broker.DepthAsync(Errors)).ShouldBe(0u);
        await worker.StopAsync();
    }

    // Its time-out. Without it the broker has nothing to obey, and the page says how.
    [TestCase(false)]
    [TestCase(true)]
    public async Task A_request_client_sets_one_unless_told_otherwise(bool cleared)
    {
        await using var arena = await WithoutWorkerAsync();
        await using var bus = await StartBusAsync(arena);
        using var leaving = new CancellationTokenSource();
        var asking = bus.Bus.CreateRequestClient<StartVerification>().GetResponse<VerificationSessionCreated, VerificationSessionRejected>(
            new StartVerification { VendorData = "user-1" },
            request =>
            {
                if (cleared)
                {
                    request.UseExecute(context => context.TimeToLive = null);
                }
            },
            leaving.Token);

        var request = await arena.Broker.TakeAsync(TestBroker.Queue);

        using var envelope = JsonDocument.Parse(request.Body);
        var expires = envelope.RootElement.TryGetProperty("expirationTime", out var time) && time.ValueKind == JsonValueKind.String;
        (request.BasicProperties.Expiration, expires).ShouldBe(cleared ? (null, false) : ("30000", true));
        await leaving.CancelAsync();
        await asking.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    // A worker was here and has declared its queues.
    private static async Task<Arena> WithoutWorkerAsync()
    {
        var arena = await Arena.OpenAsync();
        arena.Settings["Didit:LookupDelay"] = "00:00:00.200";
        await (await arena.StartWorkerAsync()).StopAsync();
        return arena;
    }

    private static async Task PublishAsync(Arena arena, TimeSpan life)
    {
        await using var publisher = await StartBusAsync(arena);
        await publisher.Bus.Publish(
            new StartVerification { VendorData = "user-1" },
            context =>
            {
                context.MessageId = Id;
                context.TimeToLive = life;
            });
    }

    private static async Task<Publisher> StartBusAsync(Arena arena)
    {
        var bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(new Uri(arena.ConnectionString)));
        await bus.StartAsync();
        return new(bus);
    }

    private static Task UntilMovedAsync(Arena arena) =>
        Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(Errors) == 1, Bound, "the broker moves it");

    private static async Task<JsonElement> ShownAsync(Arena arena, string id) =>
        (await arena.OperateAsync("dead-letters", "show", id, "--json")).Json;

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    private sealed record Publisher(IBusControl Bus) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Bus.StopAsync();
    }
}
