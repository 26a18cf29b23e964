using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Broker;
using DiditWorker.Simulator;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// By a policy, so that the worker does not see it: before RabbitMQ 4.3 every hold that ends counts, and of argument and policy the lower
/// number does.
/// </summary>
public sealed class When_a_delivery_limit_is_set
{
    private const string Input = "start-verification";
    private const string Errors = "start-verification_error";
    private const int Messages = 50;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    [TestCase(3, false)]
    [TestCase(3, true)]
    public async Task What_is_merely_held_is_answered_or_in_the_error_queue(int limit, bool ofTheOperator)
    {
        await using var arena = await OpenAsync();
        (await arena.TrySetPolicyAsync(new() { ["delivery-limit"] = limit }, ofTheOperator)).ShouldBeTrue();
        await arena.StartWorkerAsync();

        await HoldAsync(arena, limit);

        await NothingIsLostAsync(arena);
        if (arena.RabbitMq.CountsReturns)
        {
            var groups = (await arena.OperateAsync("dead-letters", "list", "--json")).Json;
            groups.EnumerateArray().Select(group => group.GetProperty("group").GetString()).ShouldBe(["DeliveryLimit"]);
            (await arena.OperateAsync("dead-letters", "show", "order-0", "--json")).Json.GetProperty("faultMessage").GetString()
                .ShouldBe("the broker moved it out of start-verification after as many returns as a delivery limit allows");
            (await arena.OperateAsync("dead-letters", "replay", "--reason", "the test", "--wait", "--yes")).ExitCode.ShouldBe(0);
            await arena.Broker.UntilAnswersAsync(Messages);
        }

        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
    }

    // On every broker a rejection counts, as a crash does.
    [Test]
    public async Task What_comes_back_too_often_is_moved_to_the_error_queue()
    {
        await using var arena = await OpenAsync();
        (await arena.TrySetPolicyAsync(new() { ["delivery-limit"] = 3 }, pattern: $"^{Input}$")).ShouldBeTrue();
        var worker = await arena.StartWorkerAsync();
        await worker.StopAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();

        await Eventually.UntilAsync(
            async () =>
            {
                if (await channel.BasicGetAsync(Input, autoAck: false) is { } message)
                {
                    await channel.BasicRejectAsync(message.DeliveryTag, requeue: true);
                }

                return await arena.Broker.DepthAsync(Errors) == 1;
            },
            Bound, "the broker moves it");
        (await arena.OperateAsync("dead-letters", "list", "--json")).Json[0].GetProperty("group").GetString().ShouldBe("DeliveryLimit");
    }

    // As an older worker declared it: without a way to the error queue.
    [Test]
    public async Task A_queue_that_was_there_before_is_taken_over_and_loses_nothing_either()
    {
        await using var arena = await OpenAsync();
        await DeclareAsync(arena, new() { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 1_000_000_000 });
        (await arena.TrySetPolicyAsync(new() { ["delivery-limit"] = 20 })).ShouldBeTrue();
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();

        await HoldAsync(arena, BrokerFindings.LastReturn, worker);

        (await BrokerAsync(worker)).ShouldContain("exists with other arguments than the worker declares");
        if (arena.RabbitMq.CountsReturns)
        {
            (await BrokerAsync(worker)).ShouldContain("was returned 1");
        }

        await NothingIsLostAsync(arena);
    }

    // What deploy/rabbitmq/README.md advises for such a queue; the limit is the operator's, since only that one applies beside another
    // policy.
    [Test]
    public async Task The_policy_of_the_definitions_mends_a_queue_that_was_there_before()
    {
        await using var arena = await OpenAsync();
        foreach (var name in (string[])[Input, Errors, "start-verification_skipped"])
        {
            await DeclareAsync(arena, new() { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 1_000_000_000 }, name);
        }

        await arena.BindInboxAsync();
        var policies = JsonElement.Parse(Deployed.Text("rabbitmq/definitions.template.json")).GetProperty("policies").EnumerateArray();
        var policy = policies.Single(one => one.GetProperty("pattern").GetString() == $"^{Input}$");
        var definition = policy.GetProperty("definition").EnumerateObject()
            .ToDictionary(pair => pair.Name, pair => (object)pair.Value, StringComparer.Ordinal);
        (await arena.TrySetPolicyAsync(definition, pattern: $"^{Input}$")).ShouldBeTrue();
        (await arena.TrySetPolicyAsync(new() { ["delivery-limit"] = 3 }, ofTheOperator: true)).ShouldBeTrue();
        arena.Settings["StartVerification:Topology"] = "Expect";
        await arena.StartWorkerAsync();

        await HoldAsync(arena, 3);

        await NothingIsLostAsync(arena);
    }

    [TestCase("classic")]
    [TestCase("quorum")]
    public async Task A_queue_of_another_kind_is_taken_over_without_a_crash_loop(string type)
    {
        await using var arena = await Arena.OpenAsync();
        await DeclareAsync(arena, new() { ["x-queue-type"] = type, ["x-max-length"] = 1_000 });
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.PublishRawAsync("order-2", """{"vendorData":5}""");

        await arena.Broker.UntilAnswersAsync(2);
        (await BrokerAsync(worker)).ShouldContain("inequivalent arg");
        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(Errors) == 1, Bound, "what cannot be used is parked");
    }

    [Test]
    public async Task An_error_queue_with_other_arguments_is_used_as_it_is()
    {
        await using var arena = await Arena.OpenAsync();
        await DeclareAsync(arena, new() { ["x-queue-type"] = "classic" }, Errors);
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":5}""");

        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(Errors) == 1, Bound, "it is parked");
        (await BrokerAsync(worker)).ShouldContain($"queue {Errors} exists with other arguments");
    }

    private static async Task<Arena> OpenAsync()
    {
        var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["StartVerification:MaximumHold"] = "00:00:01";
        return arena;
    }

    private static async Task DeclareAsync(Arena arena, Dictionary<string, object?> arguments, string name = Input)
    {
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments);
        await channel.QueueBindAsync(name, name, "");
    }

    // Until the limit is past for each message, where it counts, or could have been. A message is held for a second at a time.
    private static async Task HoldAsync(Arena arena, int limit, WorkerProcess? worker = null)
    {
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        for (var i = 0; i < Messages; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        int Returns() => (worker?.Output ?? arena.Logs.Text).Split(": waited (").Length - 1;
        await Eventually.UntilAsync(
            async () => arena.RabbitMq.CountsReturns ? await arena.Broker.DepthAsync(Errors) == Messages
                : Returns() >= Messages * (limit + 1),
            Bound, "every message has been returned more often than the limit allows");
        arena.Broker.Answers.ShouldBeEmpty();
        arena.Didit.State.ClearFaults();
    }

    private static Task NothingIsLostAsync(Arena arena) => Eventually.UntilAsync(
        async () => arena.Broker.Created.Select(answer => answer.Text("requestId")).Distinct().Count()
            + await arena.Broker.DepthAsync(Errors) == Messages,
        Bound, "each message is answered or in the error queue");

    private static async Task<string> BrokerAsync(WorkerProcess worker) =>
        (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("broker") is var broker
            && broker.GetProperty("status").GetString() == "Degraded"
            ? $"{broker.GetProperty("description")} {broker.GetProperty("action")}"
            : broker.GetRawText();
}
