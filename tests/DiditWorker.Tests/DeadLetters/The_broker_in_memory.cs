using DiditWorker.Operations.Broker;
using DiditWorker.Tests.Shared;
using NUnit.Framework;

namespace DiditWorker.Tests.DeadLetters;

public sealed class The_broker_in_memory : BrokerContract
{
    private MemoryBroker _broker = null!;

    [SetUp]
    public void Begin() => _broker = new();

    [TearDown]
    public async Task EndAsync() => await _broker.DisposeAsync();

    protected override Task<IOperatorBroker> ConnectAsync()
    {
        _broker.Reconnect();
        return Task.FromResult<IOperatorBroker>(_broker);
    }

    protected override Task BreakAsync(IOperatorBroker broker)
    {
        _broker.Break();
        return Task.CompletedTask;
    }

    protected override Task DeclareFullAsync(string queue, int messages)
    {
        _broker.Declare(queue);
        _broker.Refuses = _ => _broker.In(queue).Count >= messages;
        return Task.CompletedTask;
    }
}
