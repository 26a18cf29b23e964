using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>Seeded fuzzing of body, content type and headers: each message is answered or parked, and the queue goes on.</summary>
public sealed class When_anything_at_all_arrives
{
    private const int Messages = 600;
    private const int Seed = 81_549;

    private static readonly string?[] ContentTypes =
        ["application/json", "application/vnd.masstransit+json", "text/plain", "application/json; charset=utf-16", ";;;",
            "application/xml", null];

    private static readonly string[] Seeds =
    [
        """{"vendorData":"user","workflowId":"0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11","metadata":{"a":[1,2.5e10,{"b":null}]},"language":"en"}""",
        """{"vendorData":"user","contactDetails":{"email":"a@example.org","sendNotificationEmails":true},"expectedDetails":{"first_name":"\u00fc"}}""",
        """{"messageId":"0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":{"vendorData":"user"},"headers":{"x":1}}""",
        "[[[[[[[[[[]]]]]]]]]]", "null", "\"text\"", "1e999999", "{}", "",
    ];

    [Test]
    public async Task It_is_answered_or_parked_and_the_queue_goes_on()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var random = new Random(Seed);
        for (var i = 0; i < Messages; i++)
        {
            var contentType = ContentTypes[random.Next(10) is var n && n < ContentTypes.Length ? n : 0];
            await arena.Broker.PublishBytesAsync(
                $"fuzz-{i}", Body(random), contentType, random.Next(3) == 0 ? null : DateTimeOffset.UtcNow, Headers(random));
        }

        await arena.Broker.PublishRawAsync("last", """{"vendorData":"user-last"}""");
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification") == 0 && await EndedAsync(arena) >= Messages + 1,
            TimeSpan.FromSeconds(120), "every message has ended");

        arena.Broker.Created.ShouldContain(a => a.Text("requestId") == "last");
        arena.Broker.Created.Count().ShouldBeGreaterThan(Messages / 20);
        arena.Broker.Rejected.Count().ShouldBeGreaterThan(Messages / 4);

        // "failed" is the outcome of what nobody thought of.
        arena.Logs.Text.Split('\n').Where(line => line.Contains(": failed (", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    // Rejected messages are in the error queue too, so these are counted there.
    private static async Task<long> EndedAsync(Arena arena) =>
        arena.Broker.Created.Count() + await arena.Broker.DepthAsync("start-verification_error")
            + await arena.Broker.DepthAsync("start-verification_skipped");

    private static byte[] Body(Random random)
    {
        var body = Encoding.UTF8.GetBytes(Seeds[random.Next(3) == 0 ? random.Next(Seeds.Length) : random.Next(3)]).ToList();
        for (var changes = random.Next(4); changes > 0 && body.Count > 0; changes--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(5))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveRange(at, Math.Min(random.Next(1, 8), body.Count - at));
                    break;
                case 2:
                    body.InsertRange(at, body.GetRange(at, Math.Min(random.Next(1, 40), body.Count - at)));
                    break;
                case 3:
                    body.InsertRange(at, Enumerable.Repeat((byte)'[', random.Next(1, 3000)));
                    break;
                default:
                    body.InsertRange(at, Encoding.UTF8.GetBytes("\\ud800"));
                    break;
            }
        }

        return [.. body];
    }

    private static Dictionary<string, object?>? Headers(Random random) => random.Next(6) switch
    {
        0 => Enumerable.Range(0, 200).ToDictionary(i => $"bomb-{i}", i => (object?)new string('x', 100), StringComparer.Ordinal),
        1 => new(StringComparer.Ordinal) { ["MT-OriginalMessageId"] = "not a uuid" },
        2 => new(StringComparer.Ordinal)
        { ["MT-MessageType"] = "urn:message:Somebody.Else:Event", ["MessageId"] = 7L, ["MT-Response-Address"] = "::::" },
        3 => new(StringComparer.Ordinal)
        { ["x-death"] = new List<object?> { new Dictionary<string, object?>(StringComparer.Ordinal) { ["count"] = 1L } } },
        _ => null,
    };
}
