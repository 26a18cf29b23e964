using System.Security.Cryptography;
using System.Text.Json;
using DiditWorker.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UUIDNext;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// The limit: by hand on RabbitMQ.Client, StackExchange.Redis and HttpClient, with the worker's guarantees where nothing fails (claim,
/// create, complete, confirmed answer, ack) and nothing else: no look-up, no retry, no rate, no telemetry, no log.
/// </summary>
internal sealed class RawContender : IAsyncDisposable
{
    private readonly IReadOnlyList<IConnection> _connections;
    private readonly IChannel _consuming;
    private readonly IChannel _publishing;
    private readonly ClaimedSteps _steps;

    private RawContender(IReadOnlyList<IConnection> connections, IChannel consuming, IChannel publishing, ClaimedSteps steps) =>
        (_connections, _consuming, _publishing, _steps) = (connections, consuming, publishing, steps);

    /// <param name="settings">What it is told.</param>
    /// <param name="connections">1, or 2: one to read and one to publish.</param>
    public static async Task<IAsyncDisposable> StartAsync(ContenderSettings settings, int connections)
    {
        var factory = new ConnectionFactory { Uri = new Uri(settings.RabbitMq) };
        var opened = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => factory.CreateConnectionAsync()));
        var consuming =
            await opened[0].CreateChannelAsync(new CreateChannelOptions(false, false, consumerDispatchConcurrency: settings.Concurrency));
        var publishing = await opened[^1].CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
            outstandingPublisherConfirmationsRateLimiter: null));
        var contender = new RawContender(opened, consuming, publishing, new ClaimedSteps(settings));
        await consuming.BasicQosAsync(0, settings.Prefetch, global: false);
        var consumer = new AsyncEventingBasicConsumer(consuming);
        consumer.ReceivedAsync += contender.HandleAsync;
        await consuming.BasicConsumeAsync(settings.Queue, autoAck: false, consumer);
        return contender;
    }

    private async Task HandleAsync(object sender, BasicDeliverEventArgs delivery)
    {
        // The buffer is the connection's again after the first await.
        var message = JsonSerializer.Deserialize(delivery.Body.Span, ContenderJson.Default.StartVerification)!;
        var fingerprint = Convert.ToBase64String(SHA256.HashData(delivery.Body.Span));
        var answer = await _steps.RunAsync(delivery.BasicProperties.MessageId!, message, fingerprint);
        var properties = new BasicProperties
        {
            MessageId = Uuid.NewNameBased(answer.IdempotencyKey, nameof(VerificationSessionCreated)).ToString(),
            CorrelationId = answer.IdempotencyKey.ToString(),
            DeliveryMode = DeliveryModes.Persistent,
        };
        await _publishing.BasicPublishAsync(
            ContenderSettings.AnswerExchange, "", mandatory: false, properties, AnswerEnvelope.Wrap(properties, answer));
        await _consuming.BasicAckAsync(delivery.DeliveryTag, multiple: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _consuming.DisposeAsync();
        await _publishing.DisposeAsync();
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await _steps.DisposeAsync();
    }
}
