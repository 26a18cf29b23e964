using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>Takes the answers from a durable queue, acknowledging each, over as many connections as it takes.</summary>
internal sealed class AnswerInbox : IAsyncDisposable
{
    private const string Queue = "campaign-answers";
    private const ushort Prefetch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly string[] Events = ["VerificationSessionCreated", "VerificationSessionRejected"];

    private readonly string _connectionString;
    private readonly Ledger _ledger;
    private readonly History _history;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    public AnswerInbox(string connectionString, Ledger ledger, History history)
    {
        (_connectionString, _ledger, _history) = (connectionString, ledger, history);
        _running = Task.Run(RunAsync);
    }

    /// <summary>When the queue is there and bound.</summary>
    public Task Ready => _ready.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync();
            }
            catch (Exception exception)
            {
                _history.Add("inbox-lost", detail: exception.GetType().Name);
            }

            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConsumeAsync()
    {
        var connection = await Connections.OpenAsync(_connectionString, "campaign inbox");
        try
        {
            var channel = await connection.CreateChannelAsync();
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            channel.ChannelShutdownAsync += (_, _) =>
            {
                closed.TrySetResult();
                return Task.CompletedTask;
            };
            await channel.QueueDeclareAsync(
                Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string,
                object?>(StringComparer.Ordinal)
                { ["x-queue-type"] = "quorum" });
            foreach (var name in Events)
            {
                await channel.ExchangeDeclareAsync("DiditWorker.Contracts:" + name, ExchangeType.Fanout, durable: true);
                await channel.QueueBindAsync(Queue, "DiditWorker.Contracts:" + name, "");
            }

            await channel.BasicQosAsync(0, Prefetch, global: false);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                _ledger.Answered(Read(delivery));
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            };
            await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
            _ready.TrySetResult();
            await closed.Task.WaitAsync(_stop.Token);
        }
        finally
        {
            await Connections.CloseAsync(connection);
        }
    }

    private static CampaignAnswer Read(BasicDeliverEventArgs delivery)
    {
        using var body = JsonDocument.Parse(delivery.Body);
        var message = body.RootElement.GetProperty("message");
        string? Text(string member) =>
            message.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return new(
            delivery.Exchange[(delivery.Exchange.LastIndexOf(':') + 1)..], delivery.BasicProperties.MessageId,
            delivery.BasicProperties.CorrelationId,
            Text("requestId"), Text("sessionId"), message.GetRawText());
    }
}
