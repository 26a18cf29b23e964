using DiditWorker.IntegrationTests.Servers;
using NUnit.Framework;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Rights;

/// <summary>Servers and a worker for the fixtures of this folder, once: to start them is most of what their tests take.</summary>
[SetUpFixture]
public sealed class RightsTest
{
    internal const string Queue = "start-verification";
    internal const string ErrorQueue = "start-verification_error";
    internal const string SkippedQueue = "start-verification_skipped";
    internal const string Inbox = "DiditWorker.Contracts:StartVerification";
    internal const string Created = "DiditWorker.Contracts:VerificationSessionCreated";
    internal static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    internal static LeastRights World { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => World = await LeastRights.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await World.DisposeAsync();

    /// <summary>Publishes raw JSON, or what a content type names, as the publisher's user.</summary>
    internal static async Task PublishAsync(string id, string json, string contentType = "application/json")
    {
        var channel = await World.ChannelAsync("publisher");
        var properties = new BasicProperties
        {
            MessageId = id, ContentType = contentType, Persistent = true, Timestamp = new(DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
        };
        await channel.BasicPublishAsync(Inbox, "", mandatory: true, properties, System.Text.Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Waits for as many messages in a queue.</summary>
    internal static async Task UntilDepthAsync(string queue, uint depth)
    {
        var channel = await World.ChannelAsync();
        await Eventually.UntilAsync(
            async () => (await channel.QueueDeclarePassiveAsync(queue)).MessageCount == depth, Bound, $"{depth} messages in {queue}");
    }

    /// <summary>The broker refuses it with 403.</summary>
    internal static async Task RefusedAsync(string user, Func<IChannel, Task> act)
    {
        var channel = await World.ChannelAsync(user);
        var refused = await Should.ThrowAsync<OperationInterruptedException>(() => act(channel));
        refused.ShutdownReason!.ReplyCode.ShouldBe((ushort)Constants.AccessRefused, refused.Message);
    }

    /// <summary>Redis refuses it with NOPERM.</summary>
    internal static async Task RefusedByRedisAsync(string user, string command, params object[] arguments)
    {
        await using var redis = await World.RedisAsync(user);
        var refused = await Should.ThrowAsync<RedisServerException>(() => redis.GetServers()[0].ExecuteAsync(command, arguments));
        refused.Message.ShouldContain("NOPERM");
    }
}
