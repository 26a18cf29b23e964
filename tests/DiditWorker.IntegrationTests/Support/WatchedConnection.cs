using System.Reflection;
using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>A real connection or channel on which a test looks on at each acknowledgement, just before it is sent.</summary>
public class WatchedConnection : DispatchProxy
{
    private object _real = null!;
    private Action _beforeAck = null!;

    public static IConnection Watch(IConnection real, Action beforeAck) => Create<IConnection>(real, beforeAck);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IChannel.BasicAckAsync))
        {
            _beforeAck();
        }

        var result = targetMethod.Invoke(_real, args);
        return result is Task<IChannel> channel ? WatchedAsync(channel) : result;
    }

    private static T Create<T>(T real, Action beforeAck)
        where T : class
    {
        var proxy = Create<T, WatchedConnection>();
        ((WatchedConnection)(object)proxy)._real = real;
        ((WatchedConnection)(object)proxy)._beforeAck = beforeAck;
        return proxy;
    }

    private async Task<IChannel> WatchedAsync(Task<IChannel> channel) => Create(await channel, _beforeAck);
}
