using DiditWorker.Operations.Broker;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.Shared;

/// <summary>What the fast tests' broker in memory has to have in common with RabbitMQ, or they would prove nothing.</summary>
public abstract class BrokerContract
{
    protected const string Queue = "contract_error";

    private static readonly string[] Three = ["a", "b", "c"];

    [Test]
    public async Task A_pass_gives_back_in_order_what_it_did_not_acknowledge_and_counts_it()
    {
        await using var broker = await DeclaredAsync();
        await PublishAsync(broker, Three);
        await using (var scan = await ScanAsync(broker))
        {
            var tags = new List<ulong>();
            await foreach (var (tag, properties, _) in scan.ReadAsync(CancellationToken.None))
            {
                Count(properties).ShouldBe(0);
                tags.Add(tag);
            }

            await scan.AckAsync(tags[1], CancellationToken.None);
            (await broker.DepthAsync(Queue, CancellationToken.None)).ShouldBe(0u, "they are held");
        }

        (await ReadAsync(broker)).ShouldBe([("a", 1), ("c", 1)]);
    }

    [Test]
    public async Task A_pass_reads_what_was_there_when_it_began_and_knows_what_came_since()
    {
        await using var broker = await DeclaredAsync();
        await PublishAsync(broker, Three);
        await using var scan = await ScanAsync(broker);
        await PublishAsync(broker, ["d", "e"]);

        scan.Count.ShouldBe(3u);
        (await scan.ReadAsync(CancellationToken.None).CountAsync()).ShouldBe(3);
        (await scan.GrowthAsync(CancellationToken.None)).ShouldBe(2);
    }

    [Test]
    public async Task There_is_no_pass_and_no_depth_where_there_is_no_queue()
    {
        await using var broker = await DeclaredAsync();

        (await broker.ScanAsync("gone", CancellationToken.None)).ShouldBeNull();
        (await broker.DepthAsync("gone", CancellationToken.None)).ShouldBeNull();
        (await broker.MayExistAsync("gone", CancellationToken.None)).ShouldBeFalse();
        (await broker.MayExistAsync(Queue, CancellationToken.None)).ShouldBeTrue();
    }

    [Test]
    public async Task A_message_is_delivered_as_it_was_published()
    {
        await using var broker = await DeclaredAsync();
        await using var publisher = await broker.OpenPublisherAsync(CancellationToken.None);
        var properties = new BasicProperties
        {
            MessageId = "a", Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["text"] = "blue", ["number"] = 7L },
        };
        await publisher.PublishAsync(Queue, [(properties, "{ }"u8.ToArray())], _ => { }, CancellationToken.None);

        await using var scan = await ScanAsync(broker);
        var (_, delivered, body) = await scan.ReadAsync(CancellationToken.None).SingleAsync();

        body.ToArray().ShouldBe("{ }"u8.ToArray());
        delivered.Headers.ShouldNotBeNull().Count.ShouldBe(2);
        delivered.Headers["text"].ShouldBe("blue"u8.ToArray());
        delivered.Headers["number"].ShouldBe(7L);
    }

    [Test]
    public async Task A_message_without_a_queue_is_told_and_the_publisher_goes_on()
    {
        await using var broker = await DeclaredAsync();
        await using var publisher = await broker.OpenPublisherAsync(CancellationToken.None);

        (await PublishAsync(publisher, "gone", ["a"])).ShouldBe((0, BrokerFailure.NoQueue));
        (await PublishAsync(publisher, Queue, ["b"])).ShouldBe((1, null));
    }

    [Test]
    public async Task Of_a_batch_with_a_refused_message_the_others_are_taken()
    {
        await using var broker = await DeclaredAsync();
        await DeclareFullAsync("full_error", 2);
        await using var publisher = await broker.OpenPublisherAsync(CancellationToken.None);
        (await PublishAsync(publisher, "full_error", ["a"])).ShouldBe((1, null));

        (await PublishAsync(publisher, "full_error", Three)).ShouldBe((1, BrokerFailure.MessageRefused));
        (await broker.DepthAsync("full_error", CancellationToken.None)).ShouldBe(2u);
    }

    [Test]
    public async Task After_a_break_everything_fails_and_what_was_held_is_back()
    {
        await using var broker = await DeclaredAsync();
        await PublishAsync(broker, Three);
        var publisher = await broker.OpenPublisherAsync(CancellationToken.None);
        var scan = await ScanAsync(broker);
        (await scan.ReadAsync(CancellationToken.None).CountAsync()).ShouldBe(3);

        await BreakAsync(broker);

        await ClosedAsync(() => scan.AckAsync(1, CancellationToken.None));
        await ClosedAsync(() => scan.GrowthAsync(CancellationToken.None));
        await ClosedAsync(() => publisher.PublishAsync(Queue, [(new BasicProperties(), default)], _ => { }, CancellationToken.None));
        await ClosedAsync(() => broker.DepthAsync(Queue, CancellationToken.None));
        await scan.DisposeAsync();
        await publisher.DisposeAsync();
        await using var again = await ConnectAsync();
        (await ReadAsync(again)).ShouldBe([("a", 1), ("b", 1), ("c", 1)], ignoreOrder: true);
    }

    /// <summary>A new connection to the broker.</summary>
    protected abstract Task<IOperatorBroker> ConnectAsync();

    /// <summary>Breaks a connection.</summary>
    protected abstract Task BreakAsync(IOperatorBroker broker);

    /// <summary>Declares a queue that refuses more than so many messages.</summary>
    protected abstract Task DeclareFullAsync(string queue, int messages);

    private async Task<IOperatorBroker> DeclaredAsync()
    {
        var broker = await ConnectAsync();
        await broker.DeclareParkingAsync(Queue, CancellationToken.None);
        return broker;
    }

    private static async Task<IQueueScan> ScanAsync(IOperatorBroker broker) =>
        (await broker.ScanAsync(Queue, CancellationToken.None)).ShouldNotBeNull();

    private static async Task PublishAsync(IOperatorBroker broker, string[] ids)
    {
        await using var publisher = await broker.OpenPublisherAsync(CancellationToken.None);
        (await PublishAsync(publisher, Queue, ids)).ShouldBe((ids.Length, null));
    }

    private static async Task<(int Taken, BrokerFailure? Failure)> PublishAsync(IExactPublisher publisher, string queue, string[] ids)
    {
        var count = 0;
        try
        {
            var messages = ids.Select(id => (new BasicProperties { MessageId = id }, ReadOnlyMemory<byte>.Empty));
            await publisher.PublishAsync(queue, messages, taken => count = taken, CancellationToken.None);
            return (count, null);
        }
        catch (BrokerException exception)
        {
            return (count, exception.Failure);
        }
    }

    private static async Task<List<(string?, long)>> ReadAsync(IOperatorBroker broker)
    {
        await using var scan = await ScanAsync(broker);
        return await scan.ReadAsync(CancellationToken.None)
            .Select(message => (message.Properties.MessageId, Count(message.Properties))).ToListAsync();
    }

    // RabbitMQ 4.3 counts readings as acquisitions, and a lost connection as a delivery.
    private static long Count(IReadOnlyBasicProperties properties) => ((string[])["x-delivery-count", "x-acquired-count"]).Max(
        name => properties.Headers?.TryGetValue(name, out var count) == true ? Convert.ToInt64(count, null) : 0);

    private static async Task ClosedAsync(Func<Task> act) =>
        (await Should.ThrowAsync<BrokerException>(act)).Failure.ShouldBe(BrokerFailure.Closed);
}
