using DiditWorker.Operations.Archive;
using DiditWorker.Operations.Broker;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_dead_letters_are_imported
{
    private const int Many = 250;

    [Test]
    public async Task Each_comes_back_once_and_in_order()
    {
        await using var desk = await DiscardedAsync(Many);

        (await desk.ImportAsync("archive")).ShouldBe(Many);
        (await desk.ImportAsync("archive")).ShouldBe(0);

        desk.Broker.IdsIn(Desk.Error).ShouldBe(Ids(Many));
    }

    [Test]
    public async Task Each_is_what_it_was_and_counted_as_new()
    {
        await using var desk = new Desk();
        desk.Park("order-1", body: """{ "vendorData" : "user-1" }""", headers: [("tenant", "blue"), ("x-delivery-count", 4L)]);
        await desk.DiscardAsync("archive");

        await desk.ImportAsync("archive");

        var message = desk.Broker.In(Desk.Error).ShouldHaveSingleItem();
        System.Text.Encoding.UTF8.GetString(message.Body).ShouldBe("""{ "vendorData" : "user-1" }""");
        message.Properties.Headers!.Keys.ShouldBe(["tenant", "MT-Fault-ExceptionType", "MT-Fault-Timestamp"], ignoreOrder: true);
        message.Returns.ShouldBe(0);
    }

    [Test]
    public async Task Two_that_are_the_same_are_both_there_again()
    {
        await using var desk = new Desk();
        desk.Park("order-1");
        desk.Park("order-1");
        await desk.DiscardAsync("archive");

        (await desk.ImportAsync("archive")).ShouldBe(2);
        (await desk.ImportAsync("archive")).ShouldBe(0);

        desk.Broker.In(Desk.Error).Count.ShouldBe(2);
    }

    [TestCase("publish order-150")]
    [TestCase("confirm order-150")]
    [TestCase("confirm order-100")]
    public async Task A_break_in_the_middle_is_gone_on_from_and_none_is_there_twice(string step)
    {
        await using var desk = await DiscardedAsync(Many);
        desk.Broker.BreaksBefore = step;
        await Should.ThrowAsync<BrokerException>(() => desk.ImportAsync("archive"));
        var there = desk.Broker.In(Desk.Error).Count;
        desk.Broker.Reconnect();

        (await desk.ImportAsync("archive")).ShouldBe(Many - there);

        desk.Broker.IdsIn(Desk.Error).ShouldBe(Ids(Many));
    }

    [Test]
    public async Task A_break_while_it_compares_leaves_what_is_there()
    {
        await using var desk = await DiscardedAsync(Many);
        desk.Park(3);
        desk.Broker.BreaksBefore = "read order-2";

        await Should.ThrowAsync<BrokerException>(() => desk.ImportAsync("archive"));

        desk.Broker.IdsIn(Desk.Error).ShouldBe(Ids(3));
    }

    [Test]
    public async Task One_that_is_refused_ends_it_and_the_same_import_goes_on_later()
    {
        await using var desk = await DiscardedAsync(Many);
        desk.Broker.Refuses = id => id == "order-150";

        var refused = await Should.ThrowAsync<BrokerException>(() => desk.ImportAsync("archive"));

        refused.IsAboutMessage.ShouldBeTrue();
        desk.Broker.IdsIn(Desk.Error).ShouldBe(Ids(200).Where(id => id != "order-150"));
        desk.Broker.Refuses = _ => false;
        (await desk.ImportAsync("archive")).ShouldBe(51);
        desk.Broker.IdsIn(Desk.Error).Order(StringComparer.Ordinal).ShouldBe(Ids(Many).Order(StringComparer.Ordinal));
    }

    [Test]
    public async Task To_compare_changes_nothing()
    {
        await using var desk = await DiscardedAsync(3);
        desk.Park("order-2");

        (await desk.ImportAsync("archive", publish: false)).ShouldBe(0);

        desk.Broker.Steps.ShouldBe(["read order-2", "return order-2"]);
    }

    [Test]
    public async Task The_command_without_yes_says_how_many_would_come()
    {
        await using var desk = await DiscardedAsync(3);
        desk.Park("order-2");

        var (exitCode, text, _) = await desk.RunAsync("import", desk.File("archive"), "--json");

        exitCode.ShouldBe(0);
        var queue = System.Text.Json.JsonElement.Parse(text).GetProperty("queues")[0];
        (queue.GetProperty("messages").GetInt32(), queue.GetProperty("there").GetInt32()).ShouldBe((3, 1));
        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-2"]);
    }

    [Test]
    public async Task The_workers_queues_are_declared_where_they_are_missing()
    {
        await using var first = await DiscardedAsync(3);
        await using var fresh = new MemoryBroker();
        var import = new Import(first.Queues, first.File("archive"), target: null);
        import.Check();

        await import.RunAsync(fresh, publish: true, _ => { }, CancellationToken.None);

        fresh.Steps[0].ShouldBe($"declare {Desk.Error}");
        fresh.IdsIn(Desk.Error).ShouldBe(Ids(3));
    }

    [Test]
    public async Task Anybody_elses_queue_is_not_declared()
    {
        await using var desk = await DiscardedAsync(3);

        var refused = await Should.ThrowAsync<ArchiveException>(() => desk.ImportAsync("archive", target: "others_error"));

        refused.Message.ShouldContain("does not exist");

        desk.Broker.Has("others_error").ShouldBeFalse();
        desk.Broker.Steps.ShouldBeEmpty();
    }

    private static async Task<Desk> DiscardedAsync(int count)
    {
        var desk = new Desk();
        desk.Park(count);
        await desk.DiscardAsync("archive");
        desk.Broker.ForgetSteps();
        return desk;
    }

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(1, count).Select(number => $"order-{number}");
}
