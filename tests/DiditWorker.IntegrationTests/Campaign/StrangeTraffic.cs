using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using DiditWorker.IntegrationTests.Strange;
using static DiditWorker.IntegrationTests.Strange.WireProperties;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>Somebody who publishes all the time what used to hurt others; each of it belongs into the error or the skipped queue.</summary>
internal sealed class StrangeTraffic(string connectionString, History history)
{
    /// <summary>Begins the ids, by which the good ones are told from them.</summary>
    public const string Prefix = "strange-";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly Func<string, (RawProperties Properties, byte[] Body)>[] Kinds =
    [
        id => (Request(id).Set("headers", Table(("p", Value('D', [29, 0, 0, 0, 1])))).Build(), StrangePublisher.Good(id)),
        id => (Request(id).Build(), new byte[1024 * 1024]),
        id => (Request(id).Set("user_id", Short("tests")).Build(), "{}"u8.ToArray()),
        id => (
            Request(id).Set("expiration", Short("20000")).Set("content_type", Short("application/vnd.masstransit+json")).Build(),
            Encoding.UTF8.GetBytes("""{"messageType":["urn:message:Somebody.Else:Event"],"message":{}}""")),
    ];

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Ids of those that the broker has taken.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>Nothing strange is published until what is returned is disposed.</summary>
    public async Task<IDisposable> PauseAsync()
    {
        await _turn.WaitAsync();
        return new Turn(_turn);
    }

    /// <summary>Whether all that the broker confirmed are parked or skipped.</summary>
    public async Task<bool> AreParkedAsync() => await ParkedBesideAsync() >= 0;

    /// <summary>How many are parked or skipped beside those that the broker confirmed; negative: some of these are not there yet.</summary>
    public async Task<int> ParkedBesideAsync() => await ParkedAsync() - Taken.Count;

    /// <summary>How many are parked or skipped, whoever published them.</summary>
    public async Task<int> ParkedAsync() => (int)(await Connections.DepthAsync(connectionString, CampaignWorld.Queue + "_error")
        + await Connections.DepthAsync(connectionString, CampaignWorld.Queue + "_skipped"));

    /// <summary>Publishes until it is stopped; what the broker does not take is published again, later, under another id.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var publisher = new StrangePublisher(connectionString);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");
            using var turn = await PauseAsync();
            try
            {
                var (properties, body) = Kinds[number % Kinds.Length](id);
                if (await publisher.TryPublishAsync(properties, body))
                {
                    Taken.Enqueue(id);
                    history.Count("strange messages");
                }
            }
            catch (Exception exception)
            {
                history.Add("no-confirm", id, exception.GetType().Name);
            }

            turn.Dispose();
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                turn.Release();
            }
        }
    }
}
