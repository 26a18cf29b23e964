using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Archive;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_dead_letters_are_discarded
{
    private const string Error = "start-verification_error";
    private TemporaryFolder _folder = null!;
    private Arena _arena = null!;
    private Parking _parking = null!;

    private string Archive => _folder.File("archive");

    [SetUp]
    public async Task OpenAsync()
    {
        _folder = new();
        _arena = await Arena.OpenAsync();
        _parking = await Parking.OpenAsync(_arena);
        await _parking.ParkManyAsync(
            450, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), i =>
            i % 3 == 0 ? "System.TimeoutException" : "System.IO.IOException");
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _parking.DisposeAsync();
        await _arena.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Without_yes_it_says_what_would_go_and_nothing_is_changed()
    {
        var ended = await DiscardAsync("--group", "Timeout");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Text.ShouldContain($"150 dead letters would be discarded into {Archive}. Nothing was changed: add --yes.");
        _folder.Files.ShouldBeEmpty();
        (await _parking.TakeAllAsync()).Count.ShouldBe(450);
        (await _arena.OperateAsync("dead-letters", "history")).ExitCode.ShouldBe(3);
    }

    [Test]
    public async Task With_yes_they_are_in_the_archive_the_others_stay_in_order_and_import_brings_them_back()
    {
        var ended = await DiscardAsync("--group", "Timeout", "--yes");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Text.ShouldContain($"150 dead letters were discarded; they are in {Archive}.");
        ArchivedIds(Archive).ShouldBe(Enumerable.Range(0, 450).Where(i => i % 3 == 0).Select(i => $"order-{i}"));
        (await _parking.TakeAllAsync()).Select(message => message.BasicProperties.MessageId).ShouldBe(
            Enumerable.Range(0, 450).Where(i => i % 3 != 0).Select(i => $"order-{i}"));
        var audit = (await _arena.OperateAsync("dead-letters", "history", "--json")).Json;
        audit.GetArrayLength().ShouldBe(2);
        audit[1].GetProperty("reason").GetString().ShouldBe("test orders");
        audit[1].GetProperty("selection").GetString().ShouldBe("group=Timeout");
        audit[1].GetProperty("outcome").GetString().ShouldBe($"150 discarded into {Archive}");

        (await _arena.OperateAsync("dead-letters", "import", Archive, "--yes")).ExitCode.ShouldBe(0);
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(150u);
    }

    [Test]
    public async Task All_of_them_go_batch_by_batch_and_no_more_than_the_limit()
    {
        var limited = await DiscardAsync("--limit", "250", "--yes", "--json");
        limited.Json.GetProperty("messages").GetInt32().ShouldBe(250);
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(200u);

        var again = await DiscardAsync("--yes");
        again.ExitCode.ShouldBe(2);
        again.Notes.ShouldContain($"{Archive} exists already. Name a file that does not exist yet.");
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(200u);

        await _arena.OperateAsync("dead-letters", "discard", "--archive", _folder.File("rest"), "--reason", "test orders", "--yes");
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(0u);
        ArchivedIds(Archive).Concat(ArchivedIds(_folder.File("rest"))).ShouldBe(Enumerable.Range(0, 450).Select(i => $"order-{i}"));
    }

    [Test]
    public async Task Each_is_in_the_file_before_it_leaves_its_queue()
    {
        var acknowledged = 0;
        var tooEarly = new List<string>();
        await _arena.WithServicesAsync(async (services, _) =>
        {
            await using var connection = await BrokerConnection.OpenAsync(
                services.GetRequiredService<BrokerAccess>(), BrokerConnection.Operator, CancellationToken.None);
            var watched = WatchedConnection.Watch(connection, () =>
            {
                acknowledged++;
                if (LinesIn(Archive) is var lines && lines < acknowledged)
                {
                    tooEarly.Add($"{acknowledged} acknowledged, {lines} in the file");
                }
            });
            await using var archive = await ArchiveWriter.CreateAsync(Archive, redact: false, DateTimeOffset.UtcNow);
            var discard = new Discard(services.GetRequiredService<DeadLetterQueues>());
            var broker = Operating.BrokerOn(watched);
            await discard.RunAsync(broker, new() { Group = "Timeout" }, archive, _ => { }, CancellationToken.None);
        });

        acknowledged.ShouldBe(150);
        tooEarly.ShouldBeEmpty();
    }

    [Test]
    public async Task Where_nothing_matches_there_is_no_archive()
    {
        (await DiscardAsync("--id", "order-999")).ExitCode.ShouldBe(3);
        (await DiscardAsync("--id", "order-999", "--yes")).ExitCode.ShouldBe(3);

        _folder.Files.ShouldBeEmpty();
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(450u);
    }

    [Test]
    public async Task A_queue_that_is_none_for_dead_letters_is_refused()
    {
        await using (var connection = await new ConnectionFactory { Uri = new(_arena.ConnectionString) }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.QueueDeclareAsync("start-verification", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync("start-verification", "DiditWorker.Contracts:StartVerification", "");
        }

        await _arena.Broker.PublishRawAsync("order-1", "{}");

        var ended = await DiscardAsync("--queue", "start-verification", "--yes");

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain(
            "start-verification is no queue for dead letters: expected error, skipped, or a name that ends in _error or _skipped.");
        _folder.Files.ShouldBeEmpty();
        (await _arena.Broker.DepthAsync("start-verification")).ShouldBe(1u);
    }

    [Test]
    public async Task Without_an_audit_nothing_goes()
    {
        _arena.Settings["ConnectionStrings:Redis"] = $"127.0.0.1:{Servers.FreePort.Take()},connectTimeout=500";

        (await DiscardAsync("--yes")).ExitCode.ShouldBe(69);

        _folder.Files.ShouldBeEmpty();
        (await _arena.Broker.DepthAsync(Error)).ShouldBe(450u);
    }

    private Task<CommandRun> DiscardAsync(params string[] options) =>
        _arena.OperateAsync(["dead-letters", "discard", "--archive", Archive, "--reason", "test orders", .. options]);

    // As another process sees it: what the operating system has; the header aside.
    private static int LinesIn(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Count(c => c == '\n') - 1;
    }

    private static IEnumerable<string?> ArchivedIds(string file) => File.ReadLines(file).Skip(1).Select(line =>
        JsonDocument.Parse(line).RootElement.GetProperty("messageId").GetString());
}
