using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Broker;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_dead_letters_are_imported
{
    private const string Error = "start-verification_error";
    private TemporaryFolder _folder = null!;
    private Arena _arena = null!;
    private Parking _parking = null!;

    private string Letters => _folder.File("letters");

    [SetUp]
    public async Task OpenAsync()
    {
        _folder = new();
        _arena = await Arena.OpenAsync();
        _parking = await Parking.OpenAsync(_arena);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _parking.DisposeAsync();
        await _arena.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Without_yes_every_line_is_checked_and_nothing_is_changed()
    {
        await ExportAndPurgeAsync(3);

        var ended = await _arena.OperateAsync("dead-letters", "import", Letters);
        var json = (await _arena.OperateAsync("dead-letters", "import", Letters, "--json")).Json;

        ended.ExitCode.ShouldBe(0);
        ended.Text.ShouldContain("Every line was read and is in order. Nothing was changed: add --yes.");
        json.GetProperty("imported").GetBoolean().ShouldBeFalse();
        json.GetProperty("queues")[0].GetProperty("queue").GetString().ShouldBe(Error);
        json.GetProperty("queues")[0].GetProperty("messages").GetInt32().ShouldBe(3);
        json.GetProperty("queues")[0].GetProperty("published").GetInt32().ShouldBe(0);
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(0u);
        (await OutcomesAsync()).ShouldNotContain(outcome => outcome.Contains("imported", StringComparison.Ordinal));
    }

    [Test]
    public async Task With_yes_they_are_back_in_order_and_the_audit_says_so()
    {
        await ExportAndPurgeAsync(250);

        var ended = await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");

        ended.ExitCode.ShouldBe(0);
        ended.Text.ShouldContain("250 dead letters were imported.");
        (await _parking.TakeAllAsync()).Select(message => message.BasicProperties.MessageId)
            .ShouldBe(Enumerable.Range(0, 250).Select(i => $"order-{i}"));
        (await OutcomesAsync()).TakeLast(2).ShouldBe(["begun", "250 imported"]);
    }

    [Test]
    public async Task Run_again_after_an_interruption_it_imports_what_is_missing()
    {
        await ExportAndPurgeAsync(150);
        await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");
        await _arena.Broker.TakeAsync(Error);

        var dry = await _arena.OperateAsync("dead-letters", "import", Letters, "--json");
        var second = await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");
        var third = await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");

        dry.Json.GetProperty("queues")[0].GetProperty("there").GetInt32().ShouldBe(149);
        second.Text.ShouldContain("1 dead letter was imported.");
        third.ExitCode.ShouldBe(0);
        third.Text.ShouldContain("0 dead letters were imported.");
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(150u);
    }

    [Test]
    public async Task Two_dead_letters_that_are_alike_are_two()
    {
        var same = new BasicProperties { MessageId = "order-1", Persistent = true };
        await PublishAsync(Error, same, same);
        await ExportAndPurgeAsync(0);

        await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");
        await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");

        (await _arena.Broker.DepthAsync(Error)).ShouldBe(2u);
    }

    [Test]
    public async Task The_broker_does_not_act_upon_what_they_carry()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("elsewhere", durable: true, exclusive: false, autoDelete: false);
        await PublishAsync(Error, new BasicProperties
        {
            MessageId = "order-1", Expiration = "86400000", Headers = new Dictionary<string,
                object?>(StringComparer.Ordinal)
            { ["CC"] = new List<object?> { "elsewhere" } },
        });
        await channel.QueuePurgeAsync("elsewhere");
        await ExportAndPurgeAsync(0);

        var ended = await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Notes.ShouldContain("1 have a user_id, expiration or CC");
        ended.Notes.ShouldContain("imported as headers that begin with DiditWorker-Imported-");
        (await _arena.Broker.DepthAsync("elsewhere")).ShouldBe(0u);
        (await _arena.Broker.TakeAsync(Error))
            .BasicProperties.Headers!.Keys.Where(name => name.StartsWith("DiditWorker-", StringComparison.Ordinal))
            .ShouldBe(["DiditWorker-Imported-CC", "DiditWorker-Imported-Expiration"], ignoreOrder: true);
    }

    [Test]
    public async Task A_user_id_that_the_broker_would_refuse_does_not_keep_one_out()
    {
        await PublishAsync(Error, new BasicProperties { MessageId = "order-1", UserId = Servers.RabbitMqServer.UserName });
        await ExportAndPurgeAsync(0);
        var text = await File.ReadAllTextAsync(Letters);
        var frame = text.Split("\"properties\":\"")[1].Split('"')[0];
        var properties = AmqpFrame.Read(Convert.FromBase64String(frame));
        properties.UserId = "somebody";
        await File.WriteAllTextAsync(
            Letters, text.Replace(frame, Convert.ToBase64String(AmqpFrame.Write(properties)), StringComparison.Ordinal));

        (await _arena.OperateAsync("dead-letters", "import", Letters, "--yes")).ExitCode.ShouldBe(0);

        TestBroker.Header(await _arena.Broker.TakeAsync(Error), "DiditWorker-Imported-User-Id").ShouldBe("somebody");
    }

    [Test]
    public async Task Only_queues_for_dead_letters_are_targets()
    {
        await ExportAndPurgeAsync(1);
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("start-verification", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("other_error", durable: true, exclusive: false, autoDelete: false);

        var input = await _arena.OperateAsync("dead-letters", "import", Letters, "--queue", "start-verification", "--yes");
        var unknown = await _arena.OperateAsync("dead-letters", "import", Letters, "--queue", "unknown_error", "--yes");
        var other = await _arena.OperateAsync("dead-letters", "import", Letters, "--queue", "other_error", "--yes");

        input.ExitCode.ShouldBe(2);
        input.Notes.ShouldContain(
            "start-verification is no queue for dead letters. Name one: --queue error, skipped, or a name that ends in _error or _skipped");
        unknown.ExitCode.ShouldBe(2);
        unknown.Notes.ShouldContain("unknown_error does not exist, and how its owner declares it is not known here");
        other.ExitCode.ShouldBe(0);
        (await _arena.Broker.DepthAsync("start-verification")).ShouldBe(0u);
        (await _arena.Broker.DepthAsync("other_error")).ShouldBe(1u);
        (await _arena.Broker.DepthAsync("unknown_error")).ShouldBe(0u);
    }

    [Test]
    public async Task A_message_that_the_broker_refuses_is_said_to_be()
    {
        await ExportAndPurgeAsync(3);
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            "full_error", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["x-max-length"] = 1, ["x-overflow"] = "reject-publish",
            });

        var ended = await _arena.OperateAsync("dead-letters", "import", Letters, "--queue", "full_error", "--yes");

        ended.ExitCode.ShouldBe(1, ended.ToString());
        ended.Notes.ShouldContain("The broker refused a message (the queue is full, or cannot store it).");
        (await OutcomesAsync())[^1].ShouldBe($"ended early: {await _arena.Broker.DepthAsync("full_error")} imported");
    }

    [Test]
    public async Task A_wrong_line_keeps_all_of_them_out()
    {
        await ExportAndPurgeAsync(3);
        await File.AppendAllTextAsync(Letters, "{\"queue\":");

        var ended = await _arena.OperateAsync("dead-letters", "import", Letters, "--yes");

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain($"{Letters}, line 5: is cut off.");
        ended.Notes.ShouldContain("Nothing was imported.");
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(0u);
    }

    [Test]
    public async Task Without_any_line_it_says_so()
    {
        await File.WriteAllTextAsync(Letters, "");

        (await _arena.OperateAsync("dead-letters", "import", Letters, "--yes")).ExitCode.ShouldBe(3);
        (await _arena.OperateAsync("dead-letters", "import", Letters + "-none", "--yes")).ExitCode.ShouldBe(2);
        (await _arena.OperateAsync("dead-letters", "import")).ExitCode.ShouldBe(2);
    }

    private async Task ExportAndPurgeAsync(int count)
    {
        await _parking.ParkManyAsync(count, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");
        (await _arena.OperateAsync("dead-letters", "export", Letters)).ExitCode.ShouldBe(0);
        await _parking.TakeAllAsync();
    }

    private async Task<IReadOnlyList<string>> OutcomesAsync() =>
        [.. (await _arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray()
        .Select(line => line.GetProperty("outcome").GetString()!)];

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new(_arena.ConnectionString) }.CreateConnectionAsync();

    private async Task PublishAsync(string queue, params BasicProperties[] messages)
    {
        await using var connection = await ConnectAsync();
        await using var channel =
            await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        foreach (var properties in messages)
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, properties, "{}"u8.ToArray());
        }
    }
}
