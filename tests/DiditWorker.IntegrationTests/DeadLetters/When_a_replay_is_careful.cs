using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_a_replay_is_careful
{
    private const string Fault = "System.Net.Http.HttpRequestException";

    [Test]
    public async Task Nothing_happens_without_yes()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", Fault);

        var ended = await arena.OperateAsync("dead-letters", "replay");

        ended.ExitCode.ShouldBe(0);
        ended.Text.ShouldContain("look up, then create");
        ended.Notes.ShouldContain("--yes");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(1u);
        arena.Didit.State.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task The_message_keeps_what_is_its_own_and_loses_what_its_failure_left()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        var published = DateTimeOffset.UtcNow.AddHours(-1);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", Fault, published,
            headers: new Dictionary<string,
                object?>(StringComparer.Ordinal)
            {
                ["tenant"] = "blue", ["DiditWorker-Replay-Count"] = 1, ["x-death"] = "stale",
                ["CC"] = new List<object?> { "elsewhere" }, ["traceparent"] = "00-1-2-01"
            });
        await DeclareAsync(arena, "elsewhere");

        // Nobody consumes there, so nothing is heard of it.
        var ended = await arena.OperateAsync(
            "dead-letters", "replay", "--yes", "--to", "elsewhere", "--reason", "Didit was down", "--patience", "1");

        ended.ExitCode.ShouldBe(1);
        ended.Text.ShouldContain("is a worker running");
        var message = await arena.Broker.TakeAsync("elsewhere");
        message.BasicProperties.MessageId.ShouldBe("order-1");
        message.BasicProperties.Timestamp.UnixTime.ShouldBe(published.ToUnixTimeSeconds());
        message.BasicProperties.DeliveryMode.ShouldBe(DeliveryModes.Persistent);
        message.BasicProperties.Headers!.Keys.ShouldBe(
            ["tenant", "traceparent", "DiditWorker-Replay-Count", "DiditWorker-Replayed-At", "DiditWorker-Replay-Reason",
            "DiditWorker-Replay-Run"], ignoreOrder: true);
        TestBroker.Header(message, "DiditWorker-Replay-Count").ShouldBe("2");
        TestBroker.Header(message, "DiditWorker-Replay-Reason").ShouldBe("Didit was down");
        (await arena.Broker.DepthAsync("elsewhere")).ShouldBe(0u, "a CC would have made a copy");
    }

    [Test]
    public async Task The_first_failure_stops_it_unless_more_are_allowed()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(30, i => ($"order-{i}", """{"language":"en"}"""), "DiditWorker.Verification.InvalidMessageException");

        var ended = await arena.OperateAsync("dead-letters", "replay", "--yes", "--json");

        ended.ExitCode.ShouldBe(1);
        ended.Json.GetProperty("replayed").GetInt32().ShouldBe(1);
        ended.Json.GetProperty("stoppedBecause").GetString()!.ShouldContain("--max-failures 0");
        var more = await arena.OperateAsync("dead-letters", "replay", "--yes", "--json", "--max-failures", "5");
        more.Json.GetProperty("replayed").GetInt32().ShouldBe(11);
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == 30, TimeSpan.FromSeconds(30), "all are back");
    }

    [Test]
    public async Task What_is_beyond_the_window_stays_unless_it_is_allowed_and_is_looked_up_then()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("old", """{"vendorData":"user-1"}""", Fault, DateTimeOffset.UtcNow.AddDays(-3));
        await parking.ParkAsync("young", """{"vendorData":"user-2"}""", Fault);

        var first = await arena.OperateAsync("dead-letters", "replay", "--yes", "--wait", "--json");
        first.Json.GetProperty("expired").GetInt32().ShouldBe(1);
        arena.Didit.State.Sessions.Select(session => session.VendorData).ShouldBe(["user-2"]);

        var second =
            await arena.OperateAsync(
                "dead-letters", "replay", "old", "--yes", "--allow-expired", "--reason", "the customer waits", "--wait");
        second.ExitCode.ShouldBe(0, second.ToString());
        var operations = arena.Didit.State.Requests.Where(request => request.VendorData == "user-1").Select(request => request.Operation)
            .ToList();
        operations[0].ShouldBe(DiditOperation.List);
        operations.Count(operation => operation == DiditOperation.Create).ShouldBe(1);
    }

    [Test]
    public async Task What_was_replayed_often_enough_stays()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", Fault,
            headers: new Dictionary<string, object?>(StringComparer.Ordinal) { ["DiditWorker-Replay-Count"] = 2 });

        var ended = await arena.OperateAsync("dead-letters", "replay", "--yes", "--max-replays", "2", "--json");

        ended.ExitCode.ShouldBe(1);
        ended.Json.GetProperty("replayedTooOften").GetInt32().ShouldBe(1);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(1u);
        (await arena.OperateAsync("dead-letters", "replay", "--yes", "--max-replays", "3", "--wait")).ExitCode.ShouldBe(0);
    }

    [TestCase("start-verification_error", "nobody consumes")]
    [TestCase("no-such-queue", "there is no such queue")]
    public async Task It_refuses_a_target_that_leads_nowhere(string target, string why)
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", Fault);

        var ended = await arena.OperateAsync("dead-letters", "replay", "--to", target, "--yes");

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain(why);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(1u);
    }

    [Test]
    public async Task A_frozen_selection_takes_nothing_that_came_later()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        var plan = Path.Combine(Path.GetTempPath(), $"plan-frozen-{Environment.ProcessId}.jsonl");
        try
        {
            await parking.ParkAsync("before", """{"vendorData":"user-1"}""", Fault);
            (await arena.OperateAsync("dead-letters", "plan", "--out", plan)).ExitCode.ShouldBe(0);
            await parking.ParkAsync("after", """{"vendorData":"user-2"}""", Fault);

            (await arena.OperateAsync("dead-letters", "replay", "--plan", plan, "--yes", "--wait")).ExitCode.ShouldBe(0);

            arena.Broker.Created.Select(answer => answer.Text("requestId")).ShouldBe(["before"]);
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(plan).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            (await arena.OperateAsync("dead-letters", "plan", "--out", plan)).ExitCode.ShouldBe(2, "the file is there already");
            (await arena.OperateAsync("dead-letters", "replay", "--plan", plan)).ExitCode.ShouldBe(3, "it is done");
        }
        finally
        {
            File.Delete(plan);
        }
    }

    [Test]
    public async Task Nobody_is_reached_where_there_is_no_broker_or_redis()
    {
        await using var arena = await Arena.OpenAsync();
        var args = arena.Settings.Where(s => !s.Key.StartsWith("ConnectionStrings", StringComparison.Ordinal))
            .Select(s => $"--{s.Key}={s.Value}").ToList();
        var port = FreePort.Take();
        var noBroker =
            await Operating.RunAsync(
                ["dead-letters", "list", .. args, $"--ConnectionStrings:RabbitMq=amqp://guest:guest@127.0.0.1:{port}/",
                $"--ConnectionStrings:Redis={arena.Settings["ConnectionStrings:Redis"]}"]);
        noBroker.ExitCode.ShouldBe(69);
        noBroker.Notes.ShouldContain("ConnectionStrings:RabbitMq");
        var noRedis =
            await Operating.RunAsync(
                ["dead-letters", "history", .. args, $"--ConnectionStrings:RabbitMq={arena.ConnectionString}",
                $"--ConnectionStrings:Redis=127.0.0.1:{port}"]);
        noRedis.ExitCode.ShouldBe(69);
        noRedis.Notes.ShouldContain("ConnectionStrings:Redis");
    }

    [Test]
    public async Task A_didit_that_does_not_answer_is_told_instead_of_a_plan()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", "DiditWorker.Verification.AmbiguousSessionException");
        arena.Settings["Didit:BaseAddress"] = $"http://127.0.0.1:{FreePort.Take()}/";

        var unasked = await arena.OperateAsync("dead-letters", "plan");
        var asked = await arena.OperateAsync("dead-letters", "plan", "--look-up");

        unasked.ExitCode.ShouldBe(0, unasked.ToString());
        unasked.Text.ShouldContain("look up, and be parked again unless Didit's sessions have changed since");
        asked.ExitCode.ShouldBe(1, asked.ToString());
        asked.Notes.ShouldContain("Didit did not answer for 1 message (list: ");
        asked.Text.ShouldContain("not be predicted");
        (await arena.OperateAsync("dead-letters", "show", "order-1", "--look-up")).ExitCode.ShouldBe(1);
    }

    private static async Task DeclareAsync(Arena arena, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }
}
