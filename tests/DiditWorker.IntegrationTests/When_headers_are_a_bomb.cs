using System.Globalization;
using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// All properties of an AMQP message travel in one frame of 128 KiB, and what is parked gets more of them: a message must not fill the
/// frame so that it can be delivered but never moved.
/// </summary>
public sealed class When_headers_are_a_bomb
{
    private const string Queue = "start-verification";
    private const string Error = "start-verification_error";

    private static IEnumerable<TestCaseData> Bombs()
    {
        yield return Case("10,000 headers", Many(10_000, size: 1));
        yield return Case("64 KiB in one header", Many(1, 64 * 1024));
        yield return Case("127 KiB in one header", Many(1, 127 * 1024));
        yield return Case("127 KiB in many headers", Many(127, 1000));
        yield return Case("as much as the frame takes", Many(1, (128 * 1024) - 100));
        yield return Case("tables in tables", new(StringComparer.Ordinal) { ["nested"] = Nested(1_000) });
        yield return Case("lists in lists", new(StringComparer.Ordinal) { ["nested"] = Lists(1_000) });
        yield return Case(
            "no UTF-8", new(StringComparer.Ordinal)
            { ["text"] = new byte[] { 0xC3, 0x28, 0xFF }, ["MT-Host-MachineName"] = new byte[] { 0xFF } });
        yield return Case("every type where text is expected", WrongTypes());
    }

    [TestCaseSource(nameof(Bombs))]
    public async Task What_is_bad_is_parked_and_what_is_good_is_answered(Dictionary<string, object?> headers)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishBytesAsync("bad-1", "{}"u8.ToArray(), "application/json", DateTimeOffset.UtcNow, headers);
        await arena.Broker.PublishBytesAsync(
            "good-1", """{"vendorData":"user-1"}"""u8.ToArray(), "application/json", DateTimeOffset.UtcNow, headers);
        await arena.Broker.PublishRawAsync("last", """{"vendorData":"user-2"}""");
        await arena.Broker.UntilAnswersAsync(3);

        arena.Broker.Created.Select(a => a.Text("requestId")).ShouldBe(["good-1", "last"], ignoreOrder: true);
        arena.Broker.Rejected.Single().Text("code").ShouldBe("InvalidMessage");
        var parked = await arena.Broker.TakeAsync(Error);
        parked.BasicProperties.MessageId.ShouldBe("bad-1");
        parked.Body.ToArray().ShouldBe("{}"u8.ToArray());
        TestBroker.Header(parked, "MT-Fault-Message")!.ShouldContain("vendorData: is required");
        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(Queue) == 0, TimeSpan.FromSeconds(10), "nothing loops");
        arena.Logs.Text.ShouldNotContain(": failed (");
    }

    [Test]
    public async Task What_is_of_an_unknown_type_is_skipped_although_it_fills_the_frame()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishBytesAsync("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11",
            """{"messageType":["urn:message:Somebody.Else:Event"],"message":{}}"""u8.ToArray(), "application/vnd.masstransit+json",
                timestamp: null,
            Many(1, (128 * 1024) - 150));

        var skipped = await arena.Broker.TakeAsync("start-verification_skipped");
        TestBroker.Header(skipped, "DiditWorker-Dropped-Headers").ShouldBe("b0");
        (await arena.Broker.DepthAsync(Queue)).ShouldBe(0u);
    }

    // Reading them by recursion takes more stack than a thread has by default; a process that dies of it takes the next ones along.
    [TestCase(true)]
    [TestCase(false)]
    public async Task An_abyss_of_tables_does_not_kill_the_worker(bool tables)
    {
        await using var arena = await Arena.OpenAsync();
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["nested"] = tables ? Nested(18_000) : Lists(25_000) };
        OnALargeStack(() => arena.Broker.PublishBytesAsync("bad-1", "{}"u8.ToArray(), "application/json", DateTimeOffset.UtcNow, headers));
        await arena.Broker.PublishRawAsync("good-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(2);

        worker.HasExited.ShouldBeFalse();
        arena.Broker.Created.Single().Text("requestId").ShouldBe("good-1");
        arena.Broker.Rejected.Single().Text("requestId").ShouldBe("bad-1");

        // It could not be read here if it still had them.
        TestBroker.Header(await arena.Broker.TakeAsync(Error), "DiditWorker-Dropped-Headers").ShouldBe("nested");
        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(Queue) == 0, TimeSpan.FromSeconds(10), "nothing loops");
    }

    [Test]
    public async Task A_table_in_place_of_the_id_is_no_id()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var headers = new Dictionary<string,
            object?>(StringComparer.Ordinal)
        { ["MessageId"] = Nested(1), ["MT-OriginalMessageId"] = Lists(1) };
        await arena.Broker.PublishBytesAsync(
            null, """{"vendorData":"user-1"}"""u8.ToArray(), "application/json", DateTimeOffset.UtcNow, headers);

        TestBroker.Header(await arena.Broker.TakeAsync(Error), "MT-Fault-Message")!.ShouldStartWith("message_id: is missing");
        arena.Broker.Answers.ShouldBeEmpty();
        arena.Didit.State.Requests.ShouldBeEmpty();
    }

    private static void OnALargeStack(Func<Task> action)
    {
        Exception? problem = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action().GetAwaiter().GetResult();
                }
                catch (Exception exception)
                {
                    problem = exception;
                }
            },
            maxStackSize: 256 * 1024 * 1024);
        thread.Start();
        thread.Join();
        problem.ShouldBeNull();
    }

    private static Dictionary<string, object?> Many(int count, int size) => Enumerable.Range(0, count)
        .ToDictionary(
            i => string.Create(CultureInfo.InvariantCulture, $"b{i}"), _ => (object?)new string('x', size), StringComparer.Ordinal);

    private static Dictionary<string, object?> Nested(int depth)
    {
        var inner = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < depth; i++)
        {
            inner = new(StringComparer.Ordinal) { ["n"] = inner };
        }

        return inner;
    }

    private static List<object?> Lists(int depth)
    {
        var inner = new List<object?>();
        for (var i = 0; i < depth; i++)
        {
            inner = [inner];
        }

        return inner;
    }

    // The names are those that MassTransit or the worker looks at.
    private static Dictionary<string, object?> WrongTypes()
    {
        object?[] values =
        [
            1, -1L, 1.5, 1.5f, true, 12.5m, new AmqpTimestamp(long.MaxValue), new BinaryTableValue([1, 2, 3]), null,
            new List<object?> { 1, "a" }, new Dictionary<string, object?>(StringComparer.Ordinal) { ["a"] = 1 },
            Encoding.UTF8.GetBytes("::::"),
        ];
        string[] names =
        [
            "MT-Reason", "MT-Fault-Message", "MT-Fault-ExceptionType", "MT-Fault-RetryCount", "MT-Fault-Timestamp", "MT-Redelivery-Count",
                "MT-Host-ProcessId",
            "MT-Host-MachineName", "x-death", "x-delivery-count", "x-first-death-queue", "DiditWorker-Replay-Count", "MT-MessageType",
                "MT-Response-Address",
            "MT-Fault-Address", "MT-Request-Id", "ConversationId", "InitiatorId", "SourceAddress", "DestinationAddress", "Content-Type",
                "RequestId",
            "MT-Forwarder-Address", "MT-Scheduling-TokenId", "MT-Quartz-Sent", "publishId", "traceparent", "Diagnostic-Id",
                "MT-Activity-Id",
        ];
        return names.Select((name, i) => (name, value: values[i % values.Length]))
            .ToDictionary(p => p.name, p => p.value, StringComparer.Ordinal);
    }

    private static TestCaseData Case(string name, Dictionary<string, object?> headers) =>
        new TestCaseData(headers).SetArgDisplayNames(name);
}
