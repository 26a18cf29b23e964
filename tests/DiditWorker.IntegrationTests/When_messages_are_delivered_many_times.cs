using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The main job: 300 messages, one to five times each, two replicas, answers lost after the session was made.</summary>
public sealed class When_messages_are_delivered_many_times
{
    private const int Messages = 300;
    private const int Seed = 4711;

    [TestCase(HeaderMode.Ignored)]
    [TestCase(HeaderMode.Honoured)]
    public async Task Each_leads_to_one_session_and_one_answer(HeaderMode header)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { Header = header });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:01";
        var worker = await arena.StartWorkerAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Probability = 0.1, Seed = Seed });
        var deliveries = Deliveries();

        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (message, _) =>
            await PublishAsync(arena, worker.Services.GetRequiredService<IBus>(), message));
        await arena.Broker.UntilAnswersAsync(deliveries.Length, seconds: 180);

        arena.Didit.State.Faults.Single().Fired.ShouldBeGreaterThan(10);
        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Didit.State.Duplicates().PerVendorData.ShouldBeEmpty();
        arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();
        arena.Broker.Rejected.ShouldBeEmpty();
        var answers = arena.Broker.Created.ToList();
        answers.Count.ShouldBe(deliveries.Length);
        answers.GroupBy(a => a.MessageId).Count().ShouldBe(Messages);
        answers.Select(a => (a.MessageId, a.CorrelationId, a.Message.GetRawText())).Distinct().Count().ShouldBe(Messages);
        answers.Select(a => a.Text("sessionId")).Distinct().Count().ShouldBe(Messages);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        (await arena.Broker.DepthAsync("start-verification")).ShouldBe(0u);
    }

    private static int[] Deliveries()
    {
        var random = new Random(Seed);
        var all = Enumerable.Range(0, Messages).SelectMany(m => Enumerable.Repeat(m, random.Next(1, 6))).ToArray();
        random.Shuffle(all);
        return all;
    }

    // Even ones in the envelope that MassTransit itself writes, odd ones as raw JSON under ids that are no UUIDs.
    private static Task PublishAsync(Arena arena, IBus bus, int message) => message % 2 == 0
        ? bus.Publish(
            new StartVerification { VendorData = $"user-{message}", Language = "en" }, context =>
            context.MessageId = new Guid(message, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]))
        : arena.Broker.PublishRawAsync($"order-{message}", $$"""{"vendorData":"user-{{message}}","language":"en"}""");
}
