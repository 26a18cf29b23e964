using DiditWorker.Operations.Broker;
using RabbitMQ.Client;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>
/// A broker in memory, with what matters of RabbitMQ's quorum queues: what a pass does not acknowledge goes back to its place, marked as
/// redelivered and counted; a message may be refused or lead nowhere; and the connection may break at a chosen step. A break is noticed by
/// whatever comes next, until <see cref="Reconnect"/>.
/// </summary>
internal sealed class MemoryBroker : IOperatorBroker
{
    private readonly Dictionary<string, List<MemoryMessage>> _queues = new(StringComparer.Ordinal);
    private readonly List<MemoryScan> _scans = [];
    private readonly List<MemorySubscription> _subscriptions = [];
    private readonly List<string> _steps = [];
    private bool _isBroken;

    /// <summary>
    /// What was done, in order: <c>declare queue</c>, <c>read id</c>, <c>publish id</c>, <c>confirm id</c>, <c>ack id</c>,
    /// <c>return id</c>.
    /// </summary>
    public IReadOnlyList<string> Steps => _steps;

    public string Place => "virtual host / of memory:5672";

    /// <summary>The step before which the connection breaks: it is not done.</summary>
    public string? BreaksBefore { get; set; }

    /// <summary>Is told of each step before it is done.</summary>
    public Action<string> Watch { get; set; } = _ => { };

    /// <summary>Over once the broker confirms what was published.</summary>
    public Task Confirming { get; set; } = Task.CompletedTask;

    /// <summary>Whether a queue refuses a message, by its id.</summary>
    public Func<string?, bool> Refuses { get; set; } = _ => false;

    /// <summary>Is told of what came into a queue, before it is confirmed: a worker's answer may be quicker.</summary>
    public Action<string, IReadOnlyBasicProperties> Arrived { get; set; } = (_, _) => { };

    public void Declare(params string[] queues)
    {
        foreach (var queue in queues)
        {
            _queues.TryAdd(queue, []);
        }
    }

    public void Forget(params string[] queues)
    {
        foreach (var queue in queues)
        {
            _queues.Remove(queue);
        }
    }

    /// <summary>Puts a message at the end of a queue.</summary>
    public void Put(string queue, BasicProperties properties, byte[] body) => _queues[queue].Add(new(properties, body));

    public bool Has(string queue) => _queues.ContainsKey(queue);

    /// <summary>All of a queue, whoever holds them.</summary>
    public IReadOnlyList<MemoryMessage> In(string queue) => _queues[queue];

    public IEnumerable<string> IdsIn(string queue) => In(queue).Select(message => message.Id);

    /// <summary>Publishes to whoever listens.</summary>
    public void Broadcast(string exchange, BasicProperties properties, byte[] body)
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Hear(exchange, properties, body);
        }
    }

    /// <summary>Ends the channel of whoever listens; the connection stays.</summary>
    public void EndListening()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.End();
        }
    }

    /// <summary>A new connection after a break.</summary>
    public void Reconnect() => (_isBroken, BreaksBefore) = (false, null);

    /// <summary>Forgets the steps.</summary>
    public void ForgetSteps() => _steps.Clear();

    /// <summary>Does a step, unless the connection is or gets broken.</summary>
    public void Step(string step)
    {
        Require();
        Watch(step);
        if (step == BreaksBefore)
        {
            Break();
            Require();
        }

        _steps.Add(step);
    }

    /// <summary>Fails if the connection is broken.</summary>
    public void Require()
    {
        if (_isBroken)
        {
            throw new BrokerException(BrokerFailure.Closed, "the connection is broken");
        }
    }

    /// <summary>Gives a message back, or its taker is gone.</summary>
    public void Return(MemoryMessage message)
    {
        message.Return();
        _steps.Add($"return {message.Id}");
    }

    public void Remove(string queue, MemoryMessage message) => _queues[queue].Remove(message);

    /// <summary>Takes a message into a queue, or says why not.</summary>
    public BrokerException? Take(string queue, BasicProperties properties, ReadOnlyMemory<byte> body)
    {
        Step($"publish {properties.MessageId}");
        if (!_queues.TryGetValue(queue, out var messages))
        {
            return new(BrokerFailure.NoQueue, $"NO_ROUTE: {queue}");
        }

        if (Refuses(properties.MessageId))
        {
            return new(BrokerFailure.MessageRefused, "the queue is full, or cannot store it");
        }

        messages.Add(new(properties, body.ToArray()));
        Arrived(queue, properties);
        Step($"confirm {properties.MessageId}");
        return null;
    }

    public Task<IQueueScan?> ScanAsync(string queue, CancellationToken cancellation)
    {
        Require();
        if (!_queues.TryGetValue(queue, out var messages))
        {
            return Task.FromResult<IQueueScan?>(null);
        }

        var scan = new MemoryScan(this, queue, messages);
        _scans.Add(scan);
        return Task.FromResult<IQueueScan?>(scan);
    }

    public Task<IExactPublisher> OpenPublisherAsync(CancellationToken cancellation)
    {
        Require();
        return Task.FromResult<IExactPublisher>(new MemoryPublisher(this));
    }

    public Task<ISubscription> SubscribeAsync(IReadOnlyList<string> exchanges, CancellationToken cancellation)
    {
        Require();
        var subscription = new MemorySubscription(this, exchanges);
        _subscriptions.Add(subscription);
        return Task.FromResult<ISubscription>(subscription);
    }

    public Task DeclareParkingAsync(string queue, CancellationToken cancellation)
    {
        Step($"declare {queue}");
        Declare(queue);
        return Task.CompletedTask;
    }

    public Task<uint?> DepthAsync(string queue, CancellationToken cancellation)
    {
        Require();
        return Task.FromResult(_queues.TryGetValue(queue, out var messages) ? (uint?)messages.Count(message => !message.IsHeld) : null);
    }

    public async Task<bool> MayExistAsync(string queue, CancellationToken cancellation) =>
        await DepthAsync(queue, cancellation) is not null;

    /// <summary>Exchanges are those of queues of the same name.</summary>
    public Task<bool> HasExchangeAsync(string exchange, CancellationToken cancellation)
    {
        Require();
        return Task.FromResult(Has(exchange));
    }

    public Task PublishAsync(string exchange, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        Take(exchange, properties, body) is { } refusal ? Task.FromException(refusal) : Task.CompletedTask;

    /// <summary>Its queues stay.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Breaks the connection. The broker gives back what it held.</summary>
    public void Break()
    {
        _isBroken = true;
        foreach (var scan in _scans)
        {
            scan.GiveBack();
        }

        EndListening();
    }
}
