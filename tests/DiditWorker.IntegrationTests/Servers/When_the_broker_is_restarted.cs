using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.Servers;

[TestFixture]
public sealed class When_the_broker_is_restarted
{
    private const string Queue = "kept";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Test]
    public async Task It_keeps_its_address_and_messages()
    {
        await using var server = await RabbitMqServer.StartNewAsync();
        await PublishAsync(server.ConnectionString, "still here"u8.ToArray());

        await server.StopAsync();
        await Should.ThrowAsync<HttpRequestException>(() => server.ManagementClient().GetAsync(new Uri("api/overview", UriKind.Relative)));
        await server.StartAsync();

        await using var connection = await ConnectAsync(server.ConnectionString);
        await using var channel = await connection.CreateChannelAsync();
        BasicGetResult? message = null;
        // A quorum queue elects its leader again after the broker is up.
        await Eventually.UntilAsync(
            async () => (message = await channel.BasicGetAsync(Queue, autoAck: true)) is not null,
            Bound,
            "the message is back"
        );
        message!.Body.ToArray().ShouldBe("still here"u8.ToArray());
    }

    private static async Task PublishAsync(string address, byte[] body)
    {
        await using var connection = await ConnectAsync(address);
        await using var channel = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        var quorum = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, quorum);
        await channel.BasicPublishAsync("", Queue, mandatory: true, new BasicProperties { Persistent = true }, body);
    }

    private static Task<IConnection> ConnectAsync(string address) => new ConnectionFactory { Uri = new(address) }.CreateConnectionAsync();
}
