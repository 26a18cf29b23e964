using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Strange.WireProperties;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>Memory is bounded by bytes: the broker hands out messages ahead, whatever they weigh.</summary>
public sealed class When_bodies_are_large
{
    private const int Megabyte = 1024 * 1024;
    private const int Heap = 384;
    private const string Error = "start-verification_error";

    [Test]
    public async Task Each_is_parked_the_others_are_answered_and_the_heap_keeps_within_its_limit()
    {
        const int count = 100;
        await using var world = await StrangeWorld.OpenAsync(
            settings => settings[WorkerProcess.HeapLimit] = WorkerProcess.HeapLimitOf(Heap));
        var body = new byte[5 * Megabyte];
        Array.Fill(body, (byte)' ');
        await world.AmongGoodOnesAsync(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                (await world.Publisher.TryPublishAsync(Request($"large-{i}").Build(), body)).ShouldBeTrue();
            }
        });

        await Eventually.UntilAsync(
            async () => await world.Arena.Broker.DepthAsync(Error) == count, TimeSpan.FromMinutes(3), "each is parked");
        await world.UntilAnsweredAsync(count);
        world.Arena.Broker.Rejected.Count().ShouldBe(count);
        await world.IsUnharmedAsync();
        world.Arena.Settings.Remove(WorkerProcess.HeapLimit);
        using var list = OperatorProcess.Start(world.Arena, Heap, "dead-letters", "list", "--json");
        (await list.StandardOutput.ReadToEndAsync()).ShouldContain("InvalidMessage");
        await list.WaitForExitAsync();
        list.ExitCode.ShouldBe(0);
        var parked = await world.Arena.Broker.TakeAsync(Error);
        parked.Body.Length.ShouldBe(body.Length);
        TestBroker.Header(parked, "MT-Fault-Message")!.ShouldStartWith($"body: {body.Length} bytes are more than the 262144");
    }

    // RabbitMQ 4 takes 16 MiB unless told otherwise; 3.x takes 128.
    [Test]
    public async Task One_beyond_the_client_librarys_limit_is_parked_too()
    {
        await using var world = await StrangeWorld.OpenAsync(
            settings => settings[WorkerProcess.HeapLimit] = WorkerProcess.HeapLimitOf(Heap));
        var body = new byte[(world.Arena.RabbitMq.IsAtLeast(4, 0) ? 15 : 70) * Megabyte];
        await world.AmongGoodOnesAsync(async () => (await world.Publisher.TryPublishAsync(Request("large").Build(), body)).ShouldBeTrue());

        await world.UntilAnsweredAsync(strange: 1);
        await Eventually.UntilAsync(
            async () => await world.Arena.Broker.DepthAsync(Error) == 1, TimeSpan.FromMinutes(1), "it is parked");
        world.Of("large").ShouldBe((0, 1));
        await world.IsUnharmedAsync();
        world.Arena.Settings.Remove(WorkerProcess.HeapLimit);
        var listed = await world.Arena.OperateAsync("dead-letters", "list", "--json");
        listed.ExitCode.ShouldBe(0, listed.Notes);
        listed.Text.ShouldContain("InvalidMessage");
    }

    [Test]
    public async Task One_that_cannot_be_parked_stays_in_its_queue_and_the_others_are_answered()
    {
        await using var world = await StrangeWorld.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            (await world.Publisher.TryPublishToAsync(Error, Request($"there-{i}").Build(), "{}"u8.ToArray())).ShouldBeTrue();
        }

        (await SetLimitAsync(world, 1)).ShouldBeTrue();
        await world.AmongGoodOnesAsync(
            async () => (await world.Publisher.TryPublishAsync(Request("large").Build(), new byte[Megabyte])).ShouldBeTrue());
        await world.Arena.Broker.UntilAnswersAsync(StrangeWorld.Good);
        await world.Worker.UntilOutputAsync("cannot be set apart");
        (await world.Arena.Broker.DepthAsync(Error)).ShouldBe(5u);

        (await SetLimitAsync(world, 1000)).ShouldBeTrue();
        await world.UntilAnsweredAsync(strange: 1);
        world.Of("large").ShouldBe((0, 1));
        (await world.Arena.Broker.DepthAsync(Error)).ShouldBe(6u);
    }

    private static Task<bool> SetLimitAsync(StrangeWorld world, int messages) => world.Arena.TrySetPolicyAsync(
        new(StringComparer.Ordinal) { ["max-length"] = messages, ["overflow"] = "reject-publish" }, pattern: "_error$");
}
