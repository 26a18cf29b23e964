using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>
/// Publishes with confirms and again until there is one, on a new connection if need be. A delivery whose confirm was lost may thus be
/// there twice, which counts as one more.
/// </summary>
internal sealed class CampaignPublisher(string connectionString, Ledger ledger, History history) : IAsyncDisposable
{
    private const string Exchange = "DiditWorker.Contracts:StartVerification";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private Link? _link;

    public async Task PublishAsync(Entry entry, bool flagged)
    {
        var properties = new BasicProperties { Persistent = true, MessageId = entry.Message.Id, ContentType = entry.Message.ContentType };
        properties.Headers = flagged ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["MT-Reason"] = "fault" } : null;
        if (!entry.Message.Envelope)
        {
            properties.Timestamp = new(entry.Message.SentAt.ToUnixTimeSeconds());
        }

        for (var attempt = 1; ; attempt++)
        {
            Link? link = null;
            try
            {
                link = await ConnectAsync();
                ledger.Published(entry);
                history.Count(attempt == 1 ? "deliveries" : "deliveries again for want of a confirm");
                history.Add("publish", entry.Message.RequestId, new { flagged, attempt });
                await link.Channel.BasicPublishAsync(Exchange, "", mandatory: true, properties, entry.Message.Body()).AsTask()
                    .WaitAsync(Bound);
                ledger.Confirmed(entry);
                return;
            }
            catch (Exception exception)
            {
                history.Add("no-confirm", entry.Message.RequestId, exception.GetType().Name);
                await DropAsync(link);
                await Task.Delay(Pause);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync(_link);
        _connecting.Dispose();
    }

    private async Task<Link> ConnectAsync()
    {
        await _connecting.WaitAsync();
        try
        {
            if (_link is { Connection.IsOpen: true, Channel.IsOpen: true } open)
            {
                return open;
            }

            var connection = await Connections.OpenAsync(connectionString, "campaign publisher");
            var channel =
                await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
            return _link = new(connection, channel);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task DropAsync(Link? link)
    {
        Interlocked.CompareExchange(ref _link, null, link);
        if (link is not null)
        {
            await Connections.CloseAsync(link.Connection);
        }
    }

    private sealed record Link(IConnection Connection, IChannel Channel);
}
