using System.Security.Cryptography;
using System.Text.Json;
using DiditWorker.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UUIDNext;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// The limit: by hand on RabbitMQ.Client, StackExchange.Redis and HttpClient, with the worker's guarantees where nothing fails (claim, create,
/// complete, confirmed answer, ack) and nothing else: no look-up, no retry, no rate, no telemetry, no log.
/// </summary>
internal sealed class RawContender : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _consuming;
    private readonly IChannel _publishing;
    private readonly ClaimedSteps _steps;

    private RawContender(IConnection connection, IChannel consuming, IChannel publishing, ClaimedSteps steps) =>
        (_connection, _consuming, _publishing, _steps) = (connection, consuming, publishing, steps);

    public static async Task<IAsyncDisposable> StartAsync(ContenderSettings settings)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(settings.RabbitMq) }.CreateConnectionAsync();
        var consuming = await connection.CreateChannelAsync(new CreateChannelOptions(false, false, consumerDispatchConcurrency: settings.Concurrency));
        var publishing = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        var contender = new RawContender(connection, consuming, publishing, new ClaimedSteps(settings));
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
        await _publishing.BasicPublishAsync(ContenderSettings.AnswerExchange, "", mandatory: false, properties, AnswerEnvelope.Wrap(properties, answer));
        await _consuming.BasicAckAsync(delivery.DeliveryTag, multiple: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _consuming.DisposeAsync();
        await _publishing.DisposeAsync();
        await _connection.DisposeAsync();
        await _steps.DisposeAsync();
    }
}
