using System.Diagnostics;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>What may be published.</summary>
internal enum PublishMode
{
    /// <summary>New messages and repeats of any age.</summary>
    Everything,

    /// <summary>Each new message once, and no repeats.</summary>
    Once,

    /// <summary>Nothing.</summary>
    Nothing,
}

/// <summary>
/// Publishes new messages at a steady rate, and the repeats that the seed plans. After Redis has lost records, repeats of older
/// messages say that they are replays: one that does not is a documented limit.
/// </summary>
internal sealed class Driver(int seed, Ledger ledger, CampaignPublisher publisher, History history) : IDisposable
{
    // More would only grow the backlog, and with it the time that the end takes.
    private const int MostOutstanding = 2_000;

    private readonly SemaphoreSlim _step = new(1, 1);
    private readonly PriorityQueue<(Entry Entry, bool Flagged), TimeSpan> _later = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private PublishMode _mode;
    private int _number;

    /// <summary>New messages a second.</summary>
    public double Rate { get; set; } = 15;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 / Rate), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StepAsync(async () =>
            {
                if (_mode != PublishMode.Nothing && ledger.Outstanding < MostOutstanding)
                {
                    await PublishNextAsync();
                    await PublishDueAsync(_clock.Elapsed);
                }
            });
        }
    }

    /// <summary>Returns once the mode holds for everything that is published.</summary>
    public Task SetModeAsync(PublishMode mode) => StepAsync(() =>
    {
        _mode = mode;
        return Task.CompletedTask;
    });

    /// <summary>One message once, for a fault that waits for it.</summary>
    public async Task<Entry> PublishProbeAsync(Func<CampaignMessage, Task> before)
    {
        Entry entry = null!;
        await StepAsync(async () =>
        {
            var message = CampaignMessage.Plan(seed, _number++);
            await before(message);
            entry = ledger.Add(message);
            await publisher.PublishAsync(entry, flagged: false);
        });
        history.Count("messages");
        return entry;
    }

    /// <summary>Replays of messages from before Redis lost records.</summary>
    public Task ReplayOldAsync(int count, Random random) => StepAsync(async () =>
    {
        for (var i = 0; i < count && ledger.Old(random) is { } old; i++)
        {
            await publisher.PublishAsync(old, flagged: true);
            history.Count("replays of messages that Redis may have forgotten");
        }
    });

    /// <summary>Many deliveries of few new messages at once.</summary>
    public Task BurstAsync(int messages, int each) => StepAsync(async () =>
    {
        for (var i = 0; i < messages; i++)
        {
            var entry = Next();
            await Task.WhenAll(Enumerable.Range(0, each).Select(_ => publisher.PublishAsync(entry, flagged: false)));
        }
    });

    /// <summary>Publishes at once what was planned for later.</summary>
    public Task FinishAsync() => StepAsync(() => PublishDueAsync(TimeSpan.MaxValue));

    public void Dispose() => _step.Dispose();

    private Entry Next()
    {
        history.Count("messages");
        return ledger.Add(CampaignMessage.Plan(seed, _number++));
    }

    private async Task PublishNextAsync()
    {
        var entry = Next();
        var now = new List<Task> { publisher.PublishAsync(entry, flagged: false) };
        foreach (var repeat in entry.Message.Repeats)
        {
            if (repeat.After == TimeSpan.Zero && _mode == PublishMode.Everything)
            {
                now.Add(publisher.PublishAsync(entry, repeat.Flagged));
            }
            else
            {
                _later.Enqueue((entry, repeat.Flagged), _clock.Elapsed + repeat.After);
            }
        }

        await Task.WhenAll(now);
    }

    private async Task PublishDueAsync(TimeSpan now)
    {
        while (_mode == PublishMode.Everything && _later.TryPeek(out var repeat, out var due) && due <= now)
        {
            _later.Dequeue();
            await publisher.PublishAsync(repeat.Entry, repeat.Flagged || repeat.Entry.Epoch < ledger.Epoch);
        }
    }

    private async Task StepAsync(Func<Task> step)
    {
        await _step.WaitAsync();
        try
        {
            await step();
        }
        finally
        {
            _step.Release();
        }
    }
}
