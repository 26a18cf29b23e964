using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Broker;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>RabbitMQ does what the broker in memory does, by which the fast tests of the commands are run.</summary>
public sealed class The_broker_of_the_commands : BrokerContract
{
    private readonly Dictionary<IOperatorBroker, IConnection> _connections = [];
    private Arena _arena = null!;

    [SetUp]
    public async Task BeginAsync() => _arena = await Arena.OpenAsync();

    [TearDown]
    public async Task EndAsync()
    {
        _connections.Clear();
        await _arena.DisposeAsync();
    }

    protected override async Task<IOperatorBroker> ConnectAsync()
    {
        var factory = new ConnectionFactory { Uri = new(_arena.ConnectionString), AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync();
        var broker = Operating.BrokerOn(connection);
        _connections.Add(broker, connection);
        return broker;
    }

    protected override Task BreakAsync(IOperatorBroker broker) => _connections[broker].CloseAsync();

    protected override async Task DeclareFullAsync(string queue, int messages)
    {
        await using var broker = await ConnectAsync();

        // A quorum queue notices too late that it is full.
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["x-queue-type"] = "classic", ["x-max-length"] = messages, ["x-overflow"] = "reject-publish",
        };
        await BrokerConnection.DeclareQueueAsync(_connections[broker], queue, arguments, CancellationToken.None);
    }
}
