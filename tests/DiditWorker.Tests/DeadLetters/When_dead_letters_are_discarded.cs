using DiditWorker.Operations.Archive;
using DiditWorker.Operations.Broker;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Whatever happens, a dead letter is in the archive, in its queue, or in both.</summary>
public sealed class When_dead_letters_are_discarded
{
    private static readonly string[] Three = ["order-1", "order-2", "order-3"];

    [Test]
    public async Task Each_is_in_the_file_before_it_leaves_its_queue()
    {
        await using var desk = new Desk();
        desk.Park(250);
        var (acknowledged, tooEarly) = (0, new List<string>());
        desk.Broker.Watch = step =>
        {
            // One line is the header.
            if (step.StartsWith("ack", StringComparison.Ordinal) && LinesIn(desk.File("archive")) - 1 < ++acknowledged)
            {
                tooEarly.Add(step);
            }
        };

        (await desk.DiscardAsync("archive")).ShouldBe(250);

        acknowledged.ShouldBe(250);
        tooEarly.ShouldBeEmpty();
        desk.Broker.In(Desk.Error).ShouldBeEmpty();
        desk.IdsIn("archive").ShouldBe(Enumerable.Range(1, 250).Select(number => $"order-{number}"));
    }

    [Test]
    public async Task Only_those_that_the_filter_takes_go_and_the_others_keep_their_order()
    {
        await using var desk = new Desk();
        foreach (var number in Enumerable.Range(1, 6))
        {
            desk.Park($"order-{number}", exception: number % 2 == 0 ? "System.TimeoutException" : "System.FormatException");
        }

        (await desk.DiscardAsync("archive", new() { Group = "Timeout", Limit = 2 })).ShouldBe(2);

        desk.IdsIn("archive").ShouldBe(["order-2", "order-4"]);
        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-3", "order-5", "order-6"]);
    }

    [Test]
    public async Task The_limit_is_for_both_queues_together()
    {
        await using var desk = new Desk();
        desk.Park(2);
        desk.Park(2, Desk.Skipped, exception: "");

        (await desk.DiscardAsync("archive", new() { Limit = 3 })).ShouldBe(3);

        desk.Broker.In(Desk.Error).ShouldBeEmpty();
        desk.Broker.IdsIn(Desk.Skipped).ShouldBe(["order-2"]);
    }

    [Test]
    public async Task A_disk_that_is_full_leaves_all_where_they_were()
    {
        await using var desk = new Desk();
        desk.Park(3);
        await using var archive = await ArchiveWriter.CreateAsync(new FullDisk(desk.File("archive"), flushes: 0), redact: false, Desk.Now);

        var full = await Should.ThrowAsync<ArchiveException>(() => DiscardAsync(desk, archive));

        full.Message.ShouldBe($"{desk.File("archive")} cannot be written: No space left on device : '{desk.File("archive")}'");
        desk.Broker.IdsIn(Desk.Error).ShouldBe(Three);
        desk.Broker.Steps.ShouldNotContain(step => step.StartsWith("ack"));
    }

    [Test]
    public async Task A_disk_that_gets_full_leaves_all_that_it_does_not_hold()
    {
        await using var desk = new Desk();
        desk.Park(450);
        await using (var archive = await ArchiveWriter.CreateAsync(new FullDisk(desk.File("archive"), flushes: 2), redact: false, Desk.Now))
        {
            await Should.ThrowAsync<ArchiveException>(() => DiscardAsync(desk, archive));
        }

        desk.Broker.IdsIn(Desk.Error).ShouldBe(Enumerable.Range(401, 50).Select(number => $"order-{number}"));
        desk.IdsIn("archive").Take(400).ShouldBe(Enumerable.Range(1, 400).Select(number => $"order-{number}"));
    }

    [TestCase("read", 0)]
    [TestCase("ack", 3)]
    public async Task A_connection_that_breaks_loses_none(string step, int archived)
    {
        await using var desk = new Desk();
        desk.Park(3);
        desk.Broker.BreaksBefore = $"{step} order-2";

        await Should.ThrowAsync<BrokerException>(() => desk.DiscardAsync("archive"));

        desk.Broker.IdsIn(Desk.Error).ShouldBe(archived == 0 ? Three : Three[1..]);
        desk.Broker.In(Desk.Error).ShouldAllBe(message => !message.IsHeld);
        if (archived > 0)
        {
            desk.IdsIn("archive").ShouldBe(Three);
        }
    }

    [Test]
    public async Task What_is_archived_when_it_is_stopped_still_leaves_its_queue()
    {
        await using var desk = new Desk();
        desk.Park(250);
        using var stopping = new CancellationTokenSource();
        desk.Broker.Watch = step =>
        {
            if (step == "ack order-1")
            {
                stopping.Cancel();
            }
        };

        await Should.ThrowAsync<OperationCanceledException>(() => desk.DiscardAsync("archive", cancellation: stopping.Token));

        desk.Broker.IdsIn(Desk.Error).ShouldBe(Enumerable.Range(201, 50).Select(number => $"order-{number}"));
        desk.IdsIn("archive").ShouldBe(Enumerable.Range(1, 200).Select(number => $"order-{number}"));
    }

    [Test]
    public async Task Nothing_is_changed_without_yes()
    {
        await using var desk = new Desk();
        desk.Park(3);

        var (exitCode, text, _) = await desk.RunAsync("discard", "--archive", desk.File("archive"), "--reason", "test orders");

        exitCode.ShouldBe(0);
        text.ShouldContain("3 dead letters would be discarded");
        File.Exists(desk.File("archive")).ShouldBeFalse();
        desk.Broker.IdsIn(Desk.Error).ShouldBe(Three);
    }

    // Redis is away.
    [Test]
    public async Task Nothing_goes_without_an_audit()
    {
        await using var desk = new Desk();
        desk.Park(3);

        var (exitCode, _, notes) = await desk.RunAsync("discard", "--archive", desk.File("archive"), "--reason", "test orders", "--yes");

        exitCode.ShouldBe(69);
        notes.ShouldContain("ConnectionStrings:Redis");
        desk.Broker.Steps.ShouldBeEmpty();
    }

    private static Task DiscardAsync(Desk desk, ArchiveWriter archive) =>
        new Discard(desk.Queues).RunAsync(desk.Broker, new(), archive, _ => { }, CancellationToken.None);

    private static int LinesIn(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Count(character => character == '\n');
    }
}
