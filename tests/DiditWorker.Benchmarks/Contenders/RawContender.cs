using System.Security.Cryptography;
using System.Text.Json;
using DiditWorker.Idempotency;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using StackExchange.Redis;
using UUIDNext;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// The limit: by hand on RabbitMQ.Client, StackExchange.Redis and HttpClient, with the worker's guarantees where nothing fails (claim, create,
/// complete, confirmed answer, ack) and nothing else: no look-up, no retry, no rate, no telemetry, no log.
/// </summary>
internal sealed class RawContender : IAsyncDisposable
{
    private const string Lease = "120000";
    private const string Window = "86400000";
    private static readonly Guid Namespace = new("6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    // The worker's own scripts: the same steps on the server.
    private static readonly RedisScript Claim = RedisScript.Of("claim");
    private static readonly RedisScript Complete = RedisScript.Of("complete");

    private readonly IConnection _connection;
    private readonly IChannel _consuming;
    private readonly IChannel _publishing;
    private readonly IDatabase _redis;
    private readonly DiditHttp _didit;

    private RawContender(IConnection connection, IChannel consuming, IChannel publishing, IDatabase redis, DiditHttp didit) =>
        (_connection, _consuming, _publishing, _redis, _didit) = (connection, consuming, publishing, redis, didit);

    public static async Task<IAsyncDisposable> StartAsync(ContenderSettings settings)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(settings.RabbitMq) }.CreateConnectionAsync();
        var consuming = await connection.CreateChannelAsync(new CreateChannelOptions(false, false, consumerDispatchConcurrency: settings.Concurrency));
        var publishing = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        var redis = (await ConnectionMultiplexer.ConnectAsync(settings.Redis)).GetDatabase();
        var contender = new RawContender(connection, consuming, publishing, redis, new DiditHttp(settings.Didit));
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
        var id = delivery.BasicProperties.MessageId!;
        var key = Uuid.NewNameBased(Namespace, "start-verification:" + id);
        var session = await SessionAsync(key, message.VendorData!, fingerprint);
        var body = JsonSerializer.SerializeToUtf8Bytes(DiditHttp.Answer(session, id, key, message.VendorData!), ContenderJson.Default.VerificationSessionCreated);
        var properties = new BasicProperties
        {
            MessageId = Uuid.NewNameBased(key, "VerificationSessionCreated").ToString(),
            CorrelationId = key.ToString(),
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
        };
        await _publishing.BasicPublishAsync(ContenderSettings.AnswerExchange, "", mandatory: false, properties, body);
        await _consuming.BasicAckAsync(delivery.DeliveryTag, multiple: false);
    }

    private async Task<CreatedSession> SessionAsync(Guid key, string vendorData, string fingerprint)
    {
        RedisKey[] keys = [$"raw:{{{key}}}"];
        var owner = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        while (true)
        {
            var reply = (RedisValue[])(await Claim.RunAsync(_redis, keys, [fingerprint, owner, Lease, Window]))!;
            if (reply[1] == "1")
            {
                var session = await _didit.CreateAsync(vendorData, key);
                var payload = JsonSerializer.Serialize(session, ContenderJson.Default.CreatedSession);
                await Complete.RunAsync(_redis, keys, ["1 C", fingerprint, owner, (long)reply[0], Window, Lease, payload]);
                return session;
            }

            var record = (string)reply[2]!;
            if (record[2] == 'C')
            {
                return JsonSerializer.Deserialize(record.AsSpan(record.IndexOf('{', StringComparison.Ordinal)), ContenderJson.Default.CreatedSession)!;
            }

            await Task.Delay(Poll);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _consuming.DisposeAsync();
        await _publishing.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.Multiplexer.DisposeAsync();
        _didit.Dispose();
    }
}
