using System.Globalization;
using System.Text;
using DiditWorker.IntegrationTests.Servers;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Strange.WireProperties;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>
/// Every type of AMQP in every place, and whatever a seeded generator makes of them, each among good requests: those are answered, the
/// strange one is answered or set apart, with one rejection at most, and nobody is disconnected.
/// </summary>
[TestFixture]
public sealed class When_messages_are_strange
{
    private const int Fuzzed = 400;
    private const int Seed = 4_711;

    // Names that the worker, MassTransit or a broker looks at, and one that nobody does.
    private static readonly string[] Names =
    [
        "p", "MessageId", "MT-OriginalMessageId", "MT-Reason", "MT-Fault-Message", "MT-Fault-Timestamp", "MT-Redelivery-Count",
        "MT-Response-Address", "MT-Activity-Id", "MT-MessageType", "MT-Request-Id",
        "x-death", "x-first-death-queue", "x-delivery-count", "x-acquired-count", "x-delay",
        "x-opt-delivery-time", "x-match", "traceparent", "tracestate", "Content-Type", "RequestId", "DiditWorker-Replay-Count",
        "DiditWorker-Unreadable-Headers", "DiditWorker-Parked-User-Id", "DiditWorker-Dropped-Headers", "x-dotnet-pub-seq-no", "",
    ];

    private static IEnumerable<(string Name, byte[] Value)> Types()
    {
        yield return ("boolean", Value('t', [1]));
        yield return ("no boolean", Value('t', [7]));
        yield return ("signed byte", Value('b', [0x80]));
        yield return ("byte", Value('B', [0xFF]));
        yield return ("short", Value('s', [0x80, 0]));
        yield return ("unsigned short", Value('u', [0xFF, 0xFF]));
        yield return ("int", Value('I', Number(0x80000000)));
        yield return ("unsigned int", Value('i', Number(0xFFFFFFFF)));
        yield return ("long", Value('l', Number(long.MinValue)));
        yield return ("long, as written by some", Value('L', Number(long.MaxValue)));
        yield return ("float", Value('f', [0x3F, 0xC0, 0, 0]));
        yield return ("no float", Value('f', [0x7F, 0xC0, 0, 0]));
        yield return ("double", Value('d', [0x7F, 0xEF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
        yield return ("no double", Value('d', [0x7F, 0xF0, 0, 0, 0, 0, 0, 0]));
        yield return ("decimal", Value('D', [2, 0, 0, 0, 1]));
        yield return ("decimal of scale 28", Value('D', [28, 0xFF, 0xFF, 0xFF, 0xFF]));
        yield return ("decimal of scale 29", Value('D', [29, 0, 0, 0, 1]));
        yield return ("decimal of scale 255", Value('D', [255, 0, 0, 0, 0]));
        yield return ("text", Value('S', Long("text"u8.ToArray())));
        yield return ("no text", Value('S', Long([0xC3, 0x28, 0, 0xFF])));
        yield return ("empty text", Value('S', Long([])));
        yield return ("bytes", Value('x', Long([0, 1, 2])));
        yield return ("empty list", Value('A', List()));
        yield return ("list", Value('A', List(Value('S', Long("a"u8.ToArray())), Value('V', []), Value('I', Number(1)))));
        yield return ("timestamp", Value('T', Number(long.MaxValue)));
        yield return ("negative timestamp", Value('T', Number(-1L)));
        yield return ("empty table", Value('F', Table()));
        yield return ("table", Value('F', Table(("a", Value('V', [])))));
        yield return ("nothing", Value('V', []));
        yield return ("no type", Value('?', []));
    }

    private static IEnumerable<(string Case, RawProperties Properties, byte[] Body)> InHeaders()
    {
        foreach (var (type, value) in Types())
        {
            // Each type under every name at once, by itself, and nested.
            yield return Case($"{type} in every header", Table([.. Names.Select(name => (name, value))]));
            yield return Case($"{type} in a table", Table(("p", Value('F', Table(("q", value))))));
            yield return Case($"{type} in a copy", Table(("CC", Value('A', List(value)))));
            yield return Case($"{type} in a list", Table(("p", Value('A', List(value, value)))));
            foreach (var name in (string[])["x-death", "CC", "BCC", "MessageId", "MT-OriginalMessageId"])
            {
                yield return Case($"{type} in {name}", Table((name, value)));
            }
        }

        static (string, RawProperties, byte[]) Case(string name, byte[] headers) =>
            (name, Request(name).Set("headers", headers).Build(), StrangePublisher.Good("strange"));
    }

    private static IEnumerable<(string Case, RawProperties Properties, byte[] Body)> InProperties()
    {
        string[] texts =
            ["content_type", "content_encoding", "correlation_id", "reply_to", "type", "app_id", "cluster_id", "expiration", "message_id"];
        byte[][] values =
            [[], [0xC3, 0x28, 0xFF], [0], [.. Enumerable.Repeat((byte)'x', 255)], "60000"u8.ToArray(), "\r\nlog: \u2028"u8.ToArray()];
        foreach (var name in texts)
        {
            for (var i = 0; i < values.Length; i++)
            {
                yield return Case($"{name} {i}", name, Short(values[i]));
            }
        }

        foreach (var mode in (byte[])[0, 1, 3, 255])
        {
            yield return Case($"delivery mode {mode}", "delivery_mode", [mode]);
            yield return Case($"priority {mode}", "priority", [mode]);
        }

        foreach (var time in (long[])[0, 1, -1, long.MinValue, long.MaxValue, 253_402_300_800, 99_999_999_999_999])
        {
            yield return Case($"timestamp {time}", "timestamp", Number(time));
        }

        yield return Case("user_id", "user_id", Short(RabbitMqServer.UserName));
        yield return ("no properties", new WireProperties().Build(), StrangePublisher.Good("strange"));

        static (string, RawProperties, byte[]) Case(string name, string property, byte[] value) =>
            (name, Request(name).Set(property, value).Build(), StrangePublisher.Good("strange"));
    }

    private static IEnumerable<(string Case, RawProperties Properties, byte[] Body)> InEnvelopes()
    {
        string[] members =
        [
            "messageId", "requestId", "correlationId", "conversationId", "initiatorId", "sourceAddress", "destinationAddress",
            "responseAddress", "faultAddress", "messageType", "message", "expirationTime", "sentTime", "headers", "host", "unknown",
        ];
        string[] values =
        [
            "null", "true", "-1", "1e400", "\"\"", "\"text\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999+14:00\"",
            "\"\\ud800\"", "[]", "[null]", "{}",
            "{\"a\":{\"b\":[1]}}", "\"00000000-0000-0000-0000-000000000000\"", "\"rabbitmq://localhost/amq.gen-x\"", "\"queue:\"",
        ];
        var number = 0;
        foreach (var member in members)
        {
            foreach (var value in values)
            {
                var name = $"{member} {value}";
                var id = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{++number:D12}");
                var fields = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["messageId"] = $"\"{id}\"",
                    ["messageType"] = """["urn:message:DiditWorker.Contracts:StartVerification"]""",
                    ["message"] = """{"vendorData":"strange"}""",
                    [member] = value,
                };
                var body = "{" + string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}")) + "}";
                yield return (name, Request(id).Set("content_type", Short("application/vnd.masstransit+json")).Build(),
                    Encoding.UTF8.GetBytes(body));
            }
        }
    }

    private static IEnumerable<(string Case, RawProperties Properties, byte[] Body)> AsItComes()
    {
        var random = new Random(Seed);
        var types = Types().Where(type => !type.Name.StartsWith("no ", StringComparison.Ordinal)).Select(type => type.Value).ToArray();
        for (var i = 0; i < Fuzzed; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"fuzzed {i}");
            var properties = Request(name).Set(
                "headers", Table([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Names[random.Next(Names.Length)], Any(3)))]));
            foreach (var property in (string[])["content_type", "content_encoding", "correlation_id", "reply_to", "type", "app_id"])
            {
                properties = random.Next(8) == 0 ? properties.Set(property, Short(Bytes(random.Next(30)))) : properties;
            }

            yield return (name, properties.Build(), random.Next(3) == 0 ? Bytes(random.Next(200)) : StrangePublisher.Good("strange"));
        }

        byte[] Any(int depth) => (depth == 0 ? 0 : random.Next(4)) switch
        {
            1 => Value('F', Table(
                [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Names[random.Next(Names.Length)], Any(depth - 1)))])),
            2 => Value('A', List([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(depth - 1))])),
            3 => Value('D', [(byte)random.Next(256), .. Bytes(4)]),
            _ => types[random.Next(types.Length)],
        };

        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Test]
    public Task In_headers() => AreHarmlessAsync(InHeaders());

    [Test]
    public Task In_properties() => AreHarmlessAsync(InProperties());

    [Test]
    public Task In_envelopes() => AreHarmlessAsync(InEnvelopes());

    [Test]
    public Task As_it_comes() => AreHarmlessAsync(AsItComes());

    private static async Task AreHarmlessAsync(IEnumerable<(string Case, RawProperties Properties, byte[] Body)> messages)
    {
        const int batch = 20;
        await using var world = await StrangeWorld.OpenAsync();
        var connection = await world.ConnectionAsync();
        var (taken, refused) = (0, new List<string>());
        foreach (var group in messages.Chunk(batch))
        {
            foreach (var (name, properties, body) in group)
            {
                if (await world.Publisher.TryPublishAsync(properties, body))
                {
                    taken++;
                }
                else
                {
                    refused.Add(name);
                }
            }

            await world.GoodAsync(StrangeWorld.Good);
            await Eventually.UntilAsync(
                async () => await EndedAsync(world) == taken, TimeSpan.FromSeconds(60),
                $"{taken} strange ones have ended, with {group[0].Case} to {group[^1].Case}");
        }

        await world.UntilAnsweredAsync(strange: 0);
        await world.IsUnharmedAsync();
        (await world.ConnectionAsync()).ShouldBe(connection);
        TestContext.Out.WriteLine($"{taken} taken; refused by the broker: {string.Join(", ", refused)}");

        // Some name the same request, so that their answers are the same.
        world.Arena.Broker.Answers.Count.ShouldBeLessThanOrEqualTo(world.Published + taken);
    }

    // Each is answered with a session, or lies in one of the two queues.
    private static async Task<long> EndedAsync(StrangeWorld world) =>
        world.Arena.Broker.Created.Count(answer => !answer.Text("requestId")!.StartsWith("good-", StringComparison.Ordinal))
        + await world.Arena.Broker.DepthAsync("start-verification_error")
        + await world.Arena.Broker.DepthAsync("start-verification_skipped");
}
