using System.Collections.Concurrent;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using Shouldly;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>Messages that flow while something is changed; every third repeats an earlier one.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly Arena _arena;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _published = new(StringComparer.Ordinal);
    private readonly Task _publishing;

    private Traffic(Arena arena)
    {
        _arena = arena;
        _publishing = Task.Run(PublishAsync);
    }

    public static Traffic Start(Arena arena) => new(arena);

    /// <summary>Waits until some more were published and answered: the worker works.</summary>
    public Task UntilItFlowsAsync(string when)
    {
        var next = _published.Count + 20;
        return Eventually.UntilAsync(() => Task.FromResult(Answered().Count >= next), Bound, $"messages are answered {when}");
    }

    /// <summary>Waits until some were published that were not answered: the worker is held up. Cuts connections until then.</summary>
    public Task UntilItStopsAsync(string when, Func<Task> cut) => Eventually.UntilAsync(
        async () =>
        {
            await cut();
            return _published.Count - Answered().Count > 100;
        },
        Bound, $"messages wait {when}");

    /// <summary>Stops publishing; every message must have one session and one answer, however often it came.</summary>
    public async Task<int> ShouldBeCompleteAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
        await Eventually.UntilAsync(
            () => Task.FromResult(_arena.Broker.Answers.Count >= _published.Values.Sum() && Answered().Count >= _published.Count),
            Bound, $"{_published.Values.Sum()} deliveries are answered, some of them more than once");
        _arena.Broker.Rejected.ShouldBeEmpty();
        Answered().ShouldBe(_published.Keys, ignoreOrder: true);
        _arena.Broker.Created.Select(a => (a.MessageId, a.Message.GetRawText())).Distinct().Count().ShouldBe(_published.Count);
        _arena.Didit.State.Sessions.Count.ShouldBe(_published.Count);
        (await _arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        return _published.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
        _stop.Dispose();
    }

    private HashSet<string> Answered() => [.. _arena.Broker.Created.Select(a => a.Text("requestId")!)];

    private async Task PublishAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var id = i % 3 == 2 ? i / 2 : i;
            await _arena.Broker.PublishRawAsync($"order-{id}", $$"""{"vendorData":"user-{{id}}"}""");
            _published.AddOrUpdate($"order-{id}", 1, (_, count) => count + 1);
            await Task.Delay(Pace, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
