using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Upgrade;

/// <summary>
/// An older worker and this one, on the same queue and Redis. <c>tests/upgrade</c> builds the older one out of the history and runs this.
/// </summary>
[Explicit("needs an older build: tests/upgrade"), Category("Upgrade")]
public sealed class When_two_versions_share_the_queue
{
    private const int Messages = 1500;
    private const int Seed = 4711;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static string Older =>
        Environment.GetEnvironmentVariable("DIDITWORKER_TEST_OLDER_WORKER")
            ?? throw new InvalidOperationException("DIDITWORKER_TEST_OLDER_WORKER names no diditworker.dll; run tests/upgrade");

    [Test]
    public async Task Workers_are_replaced_one_by_one_under_load_and_each_message_has_one_session_and_one_answer()
    {
        await using var arena = await OpenAsync();
        await using var older1 = await StartAsync(arena, Older);
        await using var older2 = await StartAsync(arena, Older);
        var deliveries = Deliveries();
        var load = PublishAsync(arena, deliveries);

        await arena.Broker.UntilAnswersAsync(deliveries.Length / 4, seconds: 120);
        await using var newer1 = await ReplaceAsync(arena, older1);
        await arena.Broker.UntilAnswersAsync(deliveries.Length / 2, seconds: 120);
        await using var newer2 = await ReplaceAsync(arena, older2);
        await load;
        await arena.Broker.UntilAnswersAsync(deliveries.Length, seconds: 180);

        await ShouldBeOneEachAsync(arena);
        older1.Output.ShouldContain(": created with");
        newer2.Output.ShouldContain(": created with");

        // What the older ones completed is answered from its record: 4 of 4 have been, whoever completed them.
        var before = arena.Broker.Answers.Count;
        await PublishAsync(arena, [.. Enumerable.Range(0, Messages)]);
        await arena.Broker.UntilAnswersAsync(before + Messages, seconds: 120);
        await ShouldBeOneEachAsync(arena);
    }

    private static async Task<Arena> OpenAsync()
    {
        var arena = await Arena.OpenAsync();

        // So that an older worker gives back soon what it cannot read.
        arena.Settings["StartVerification:MaximumHold"] = "00:00:03";
        return arena;
    }

    private static async Task<WorkerProcess> StartAsync(Arena arena, string? program = null)
    {
        var worker = WorkerProcess.Start(arena.Settings, program: program);
        await worker.UntilReadyAsync();
        return worker;
    }

    // The new one is there before the old one goes, as in a rolling update.
    private static async Task<WorkerProcess> ReplaceAsync(Arena arena, WorkerProcess old)
    {
        var next = await StartAsync(arena);
        (await old.TerminateAsync()).ShouldBe(0);
        return next;
    }

    private static int[] Deliveries()
    {
        var random = new Random(Seed);
        var all = Enumerable.Range(0, Messages).SelectMany(message => Enumerable.Repeat(message, random.Next(1, 4))).ToArray();
        random.Shuffle(all);
        return all;
    }

    private static async Task PublishAsync(Arena arena, int[] messages)
    {
        foreach (var message in messages)
        {
            await arena.Broker.PublishRawAsync(
                string.Create(CultureInfo.InvariantCulture, $"order-{message}"), $$"""{"vendorData":"user-{{message}}"}""");
        }
    }

    private static async Task ShouldBeOneEachAsync(Arena arena, int messages = Messages)
    {
        arena.Didit.State.Sessions.Count.ShouldBe(messages);
        arena.Broker.Rejected.ShouldBeEmpty();
        arena.Broker.Created.Select(answer => (answer.MessageId, answer.CorrelationId, answer.Message.GetRawText())).Distinct().Count()
            .ShouldBe(messages);
        arena.Broker.Created.Select(answer => answer.Text("sessionId")).Distinct().Count().ShouldBe(messages);
        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(TestBroker.Queue) == 0, Bound, "the queue is empty");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
