using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

// 20 creates a second, ten messages at a time. Order is asserted, not time.
public sealed class When_urgent_requests_come
{
    private const int Batch = 100;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private Arena _arena = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _arena = await Arena.OpenAsync();
        _arena.Settings["Didit:RequestsPerMinute"] = "1200";
        _arena.Settings["StartVerification:ConcurrentMessageLimit"] = "10";
    }

    [TearDown]
    public async Task CloseAsync() => await _arena.DisposeAsync();

    [TestCase(5)]
    [TestCase(255)]
    public async Task One_overtakes_a_batch_that_waits(int priority)
    {
        using var worker = await StartWithBatchAsync();

        await _arena.Broker.PublishUrgentAsync("urgent", Body("somebody"), (byte)priority);
        await UntilAnsweredAsync("urgent");

        var position = PositionOf("urgent");
        if (_arena.RabbitMq.SortsByPriority)
        {
            // Those that were answered while it was published and created, and one for each slot at most.
            position.ShouldBeLessThan(60);
        }

        await _arena.Broker.UntilAnswersAsync(Batch + 1);
        _arena.Didit.State.Sessions.Count.ShouldBe(Batch + 1);
    }

    [Test]
    public async Task The_batch_gets_its_share_however_many_urgent_ones_come()
    {
        using var worker = await StartWithBatchAsync();

        for (var i = 0; i < Batch; i++)
        {
            await _arena.Broker.PublishUrgentAsync($"urgent-{i}", Body($"somebody-{i}"));
        }

        await _arena.Broker.UntilAnswersAsync(2 * Batch);
        var order = _arena.Broker.Created.Select(answer => answer.Text("requestId")!.StartsWith('u')).ToList();
        var contested = order[order.IndexOf(item: true)..(order.LastIndexOf(item: true) + 1)];

        // While ten of the batch are in the worker, one place of five is theirs.
        contested.Take(25).Count(urgent => !urgent).ShouldBeInRange(4, 25);
        contested.Count(urgent => urgent).ShouldBe(Batch);
    }

    [Test]
    public async Task A_duplicate_does_not_wait_for_the_rate()
    {
        _arena.Settings["StartVerification:ConcurrentMessageLimit"] = "128";
        using var worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishRawAsync("first", Body("first"));
        await _arena.Broker.UntilAnswersAsync(1);
        await _arena.Broker.PublishBacklogAsync(0, Batch);
        await _arena.Broker.UntilAnswersAsync(5);

        await _arena.Broker.PublishRawAsync("first", Body("first"));
        await Eventually.UntilAsync(
            () => Task.FromResult(_arena.Broker.Created.Count(answer => answer.Text("requestId") == "first") == 2), Bound, "an answer");

        _arena.Broker.Answers.Count.ShouldBeLessThan(Batch, "the batch still waits");
    }

    [Test]
    public async Task The_priority_of_a_dead_letter_is_kept_when_it_is_parked_and_when_it_is_replayed()
    {
        using var worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishUrgentAsync("urgent", """{"vendorData":1}""", 7);
        await _arena.Broker.UntilAnswersAsync(1);
        await UntilParkedAsync();

        await _arena.OperateAsync("dead-letters", "replay", "urgent", "--yes", "--wait");

        await _arena.Broker.UntilAnswersAsync(2);
        await UntilParkedAsync();
        var letter = await _arena.Broker.TakeAsync(TestBroker.Queue + "_error");
        letter.BasicProperties.Priority.ShouldBe((byte)7);
        TestBroker.Header(letter, "DiditWorker-Replay-Count").ShouldBe("1");
    }

    private Task UntilParkedAsync() => Eventually.UntilAsync(
        async () => await _arena.Broker.DepthAsync(TestBroker.Queue + "_error") == 1, Bound, "it is parked");

    private async Task<IDisposable> StartWithBatchAsync()
    {
        var worker = await _arena.StartWorkerAsync();
        await _arena.Broker.PublishBacklogAsync(0, Batch);
        await _arena.Broker.UntilAnswersAsync(5);
        return worker;
    }

    private Task UntilAnsweredAsync(string id) => Eventually.UntilAsync(
        () => Task.FromResult(PositionOf(id) >= 0), Bound, $"{id} is answered");

    private int PositionOf(string id) => _arena.Broker.Answers.Select(answer => answer.Text("requestId")).ToList().IndexOf(id);

    private static string Body(string person) => $$"""{"vendorData":"{{person}}"}""";
}
