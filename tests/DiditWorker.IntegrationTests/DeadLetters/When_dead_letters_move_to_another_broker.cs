using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_dead_letters_move_to_another_broker
{
    private const string Error = "start-verification_error";
    private const string Skipped = "start-verification_skipped";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Every_body_property_and_header_arrives_as_it_was()
    {
        using var folder = new TemporaryFolder();
        await using var old = await Arena.OpenAsync();
        await using var oldParking = await Parking.OpenAsync(old);
        await using var other = await Arena.OpenAsync();
        await PublishAsync(old, OddMessages());
        await Eventually.UntilAsync(async () => await old.Broker.DepthAsync(Error) == OddMessages().Count(), Bound, "all are there");

        (await old.OperateAsync("dead-letters", "export", folder.File("letters"))).ExitCode.ShouldBe(0);
        var ended = await other.OperateAsync("dead-letters", "import", folder.File("letters"), "--yes");
        ended.ExitCode.ShouldBe(0, ended.ToString());

        var before = (await oldParking.TakeAllAsync()).Select(AmqpShape.Of).ToList();
        await using var otherParking = await Parking.OpenAsync(other);
        var after = (await otherParking.TakeAllAsync()).Select(AmqpShape.Of).ToList();
        before.Count.ShouldBe(OddMessages().Count());
        after.ShouldBe(before);
    }

    [TestCase("error", Error)]
    [TestCase("skipped", Skipped)]
    public async Task Where_there_is_no_queue_yet_the_worker_can_park_into_the_one_that_is_made(string target, string queue)
    {
        using var folder = new TemporaryFolder();
        await using var old = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(old);
        await parking.ParkAsync("order-1", "{}", "System.IO.IOException");
        await old.OperateAsync("dead-letters", "export", folder.File("letters"));
        await using var fresh = await Arena.OpenAsync();

        var ended = await fresh.OperateAsync("dead-letters", "import", folder.File("letters"), "--queue", target, "--yes");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Text.ShouldContain($"{queue} (new)");
        (await fresh.Broker.DepthAsync(queue)).ShouldBe(1u);
        await fresh.StartWorkerAsync();
        await fresh.Broker.PublishRawAsync("bad-1", "[]");
        await fresh.Broker.PublishEnvelopeAsync("7f1e7d9e-7f30-4c6e-9a44-27f6a7b0c001", "{}", type: "Somebody:Else");
        await Eventually.UntilAsync(async () => await fresh.Broker.DepthAsync(queue) == 2, Bound, $"the worker parks into {queue}");
        fresh.Logs.Text.ShouldNotContain("PRECONDITION");
    }

    // Every property, every type, and what is empty, binary or not text at all.
    private static IEnumerable<(BasicProperties, byte[])> OddMessages()
    {
        yield return (new(), []);
        yield return (new() { MessageId = "" }, [0, 1, 2, 255]);
        yield return (
            new() { MessageId = "große-Bestellung-№-1", ContentType = "text/plain" },
            Encoding.UTF8.GetBytes("{\"vendorData\":\"日本\"}\r\n"));
        yield return (new() { MessageId = "large" }, [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 31))]);
        yield return (new()
        {
            MessageId = "all", CorrelationId = "correlation", Type = "type", AppId = "app", ClusterId = "cluster",
            ReplyTo = "reply", ContentType = "application/json", ContentEncoding = "gzip", Priority = 7, Timestamp = new(1_790_000_000),
            Headers = EveryType(),
        }, "{}"u8.ToArray());
    }

    private static Dictionary<string, object?> EveryType() => new(StringComparer.Ordinal)
    {
        ["text"] = "Grüße", ["bytes"] = new byte[] { 0xff, 0xfe }, ["empty"] = "", ["true"] = true, ["false"] = false, ["null"] = null,
        ["sbyte"] = sbyte.MinValue, ["byte"] = byte.MaxValue, ["short"] = short.MinValue, ["ushort"] = ushort.MaxValue,
        ["int"] = int.MinValue, ["uint"] = uint.MaxValue,
        ["long"] = long.MinValue, ["float"] = 1.1f, ["double"] = -1e300, ["decimal"] = -1.50m, ["zero"] = 0.00m,
        ["time"] = new AmqpTimestamp(1_790_000_000),
        ["binary"] = new BinaryTableValue([1, 0, 255]), ["table"] = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["inner"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["deep"] = new List<object?> { 1, "two", 3L, null } },
        },
        ["array"] = new List<object?>
        { (short)1, new List<object?> { true }, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 1.5 } },
        ["MT-Fault-Timestamp"] = "2026-11-24T03:00:00.0000000Z", [new string('n', 255)] = "the longest name",
    };

    // Without confirms, for which the client library would add a header.
    private static async Task PublishAsync(Arena arena, IEnumerable<(BasicProperties Properties, byte[] Body)> messages)
    {
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var (properties, body) in messages)
        {
            properties.Persistent = true;
            await channel.BasicPublishAsync("", Error, mandatory: true, properties, body);
        }
    }
}
