using System.Net.Http.Json;
using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_the_error_queue_is_read
{
    // More than one consumer of a pass may hold, so that several are at work.
    private const int Messages = 1_700;

    [Test]
    public async Task Nothing_is_taken_out_the_order_stays_and_each_reading_counts_once()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        for (var i = 0; i < Messages; i++)
        {
            await parking.ParkAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""", "System.IO.IOException");
        }

        (await arena.OperateAsync("dead-letters", "list", "--json")).Json[0].GetProperty("count").GetInt32().ShouldBe(Messages);
        var second = (await arena.OperateAsync("dead-letters", "list", "--json")).Json[0];

        second.GetProperty("count").GetInt32().ShouldBe(Messages);
        second.GetProperty(arena.CountOfReadings).GetInt64().ShouldBe(1);
        var taken = await parking.TakeAllAsync();
        taken.Select(message => message.BasicProperties.MessageId).ShouldBe(Enumerable.Range(0, Messages).Select(i => $"order-{i}"));
        taken.Select(message => TestBroker.Header(message, arena.RabbitMq.CountsReturns ? "x-delivery-count" : "x-acquired-count"))
            .Distinct().ShouldBe(["2"]);
    }

    // As it is after ten readings on a broker that counts them.
    [Test]
    public async Task List_warns_when_a_limit_comes_near()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", "System.IO.IOException");
        (await arena.OperateAsync("dead-letters", "list")).Notes.ShouldNotContain("delivery-limit");
        await parking.ParkAsync(
            "order-2", """{"vendorData":"user-2"}""", "System.IO.IOException",
            headers: new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-delivery-count"] = 10L });

        (await arena.OperateAsync("dead-letters", "list")).Notes.ShouldContain("Let no policy with a delivery-limit match this queue");
    }

    [Test]
    public async Task A_part_of_it_can_be_read_and_the_rest_stays_in_its_place()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(20, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");

        (await arena.OperateAsync("dead-letters", "list", "--limit", "5", "--json")).Json[0].GetProperty("count").GetInt32().ShouldBe(5);

        (await parking.TakeAllAsync()).Count.ShouldBe(20);
    }

    [Test]
    public async Task What_another_consumer_holds_is_not_seen_and_not_disturbed()
    {
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(10, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var other = await connection.CreateChannelAsync();
        var held = await other.BasicGetAsync("start-verification_error", autoAck: false);

        (await arena.OperateAsync("dead-letters", "list", "--json")).Json[0].GetProperty("count").GetInt32().ShouldBe(9);

        await other.BasicAckAsync(held!.DeliveryTag, multiple: false);
        (await parking.TakeAllAsync()).Count.ShouldBe(9);
    }

    [Test]
    public async Task The_queue_that_the_worker_declares_has_no_limit_that_could_be_reached()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"language":"en"}""");
        await arena.Broker.UntilAnswersAsync(1);
        await Servers.Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == 1, TimeSpan.FromSeconds(30), "it is parked");

        var rabbitMq = await Servers.TestServers.RabbitMqAsync();
        using var management = rabbitMq.ManagementClient();
        var virtualHost = new Uri(arena.ConnectionString).AbsolutePath.Trim('/');
        var queue = await management.GetFromJsonAsync<JsonElement>($"api/queues/{virtualHost}/start-verification_error");
        var arguments = queue.GetProperty("arguments").EnumerateObject()
            .ToDictionary(a => a.Name, a => a.Value.ToString(), StringComparer.Ordinal);
        arguments.ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = "1000000000" },
            ignoreOrder: true);
    }
}
