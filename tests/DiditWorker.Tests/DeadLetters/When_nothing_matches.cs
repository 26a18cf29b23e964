using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Each command says why it has nothing to act on, and ends with 3.</summary>
public sealed class When_nothing_matches
{
    private static readonly string[][] Commands =
        [["list"], ["list", "--messages"], ["list", "--json"], ["show", "order-9"], ["plan"], ["replay", "--yes"], ["discard"]];

    [TestCaseSource(nameof(Commands))]
    public async Task A_group_that_is_not_there_is_told_with_those_that_are(params string[] command)
    {
        await using var desk = new Desk();
        desk.Park(2);
        desk.Park(1, Desk.Skipped, exception: "");

        var (exitCode, _, notes) = await RunAsync(desk, [.. command, "--group", "Nonsense"]);

        exitCode.ShouldBe(3);
        notes.ShouldStartWith("None of 3 dead letters matches ");
        notes.ShouldContain("--group Nonsense; there are Timeout (2), Skipped (1).");
    }

    [TestCaseSource(nameof(Commands))]
    public async Task A_queue_that_is_not_there_is_told_with_where_it_was_looked_for(params string[] command)
    {
        await using var desk = new Desk();
        desk.Park(2);

        var (exitCode, _, notes) = await RunAsync(desk, [.. command, "--queue", "orders_error"]);

        exitCode.ShouldBe(3);
        notes.ShouldBe("There is no queue orders_error in virtual host / of memory:5672. Without --queue, dead letters are looked for in "
            + "start-verification_error and start-verification_skipped." + Environment.NewLine);
    }

    [Test]
    public async Task Queues_that_are_empty_are_named()
    {
        await using var desk = new Desk();

        (await desk.RunAsync("list")).Notes.ShouldBe(
            "No dead letters in start-verification_error and start-verification_skipped, virtual host / of memory:5672."
                + Environment.NewLine);
    }

    [Test]
    public async Task Another_broker_than_the_workers_is_told()
    {
        await using var desk = new Desk();
        desk.Broker.Forget(Desk.Input, Desk.Error, Desk.Skipped);

        (await desk.RunAsync("list")).Notes.ShouldStartWith(
            "There is no queue start-verification_error and no queue start-verification_skipped in virtual host / of memory:5672. Nor is "
                + "there start-verification: no worker has run here.");
    }

    [Test]
    public async Task An_id_that_is_not_there_may_be_in_the_record()
    {
        await using var desk = new Desk();
        desk.Park(1);

        (await desk.RunAsync("show", "order 9")).Notes.ShouldBe("None of 1 dead letter matches 'order 9'; there are Timeout (1). "
            + "What became of it: diditworker keys show 'order 9'" + Environment.NewLine);
    }

    [TestCase("list", "--messages", "order-1", "order-9")]
    [TestCase("list", "--messages", "--id", "order-1", "--id", "order-9")]
    [TestCase("show", "order-1", "order-9")]
    [TestCase("plan", "order-1", "order-9")]
    [TestCase("replay", "order-1", "order-9")]
    [TestCase("discard", "--id", "order-1", "--id", "order-9")]
    public async Task Of_several_ids_the_one_that_is_not_there_is_told(params string[] command)
    {
        await using var desk = new Desk();
        foreach (var id in (string[])["order-1", "order-2"])
        {
            // What cannot be read has no record to ask for.
            desk.Park(id, body: "{}");
        }

        var (exitCode, text, notes) = await RunAsync(desk, command);

        exitCode.ShouldBe(1, notes);
        notes.ShouldContain("No dead letter matches order-9. What became of it: diditworker keys show order-9");
        text.ShouldNotBeEmpty();
        text.ShouldNotContain("order-2");
    }

    [Test]
    public async Task A_plan_of_nothing_leaves_no_file()
    {
        await using var desk = new Desk();

        (await desk.RunAsync("plan", "--out", desk.File("plan"))).ExitCode.ShouldBe(3);

        File.Exists(desk.File("plan")).ShouldBeFalse();
    }

    private static Task<(int ExitCode, string Text, string Notes)> RunAsync(Desk desk, string[] command) => desk.RunAsync(
        command[0] == "discard" ? [.. command, "--archive", desk.File("archive"), "--reason", "a test"] : command);
}
