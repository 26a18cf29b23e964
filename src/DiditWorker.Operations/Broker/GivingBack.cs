using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Gives messages back to their queue in their order. A quorum queue puts back what comes in one command in the order of an Erlang map,
/// which is sorted only up to 32, and makes one command of what comes while 32 are under way. A channel that is merely closed gives back
/// consumer by consumer in any order.
/// </summary>
internal static class GivingBack
{
    private const int SortedMap = 32;
    private const int CommandsAtATime = 16;
    private const int MaxLooks = 200;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>Gives back.</summary>
    /// <param name="channel">Which holds them.</param>
    /// <param name="queue">Where they came from.</param>
    /// <param name="tags">All that the channel holds.</param>
    /// <param name="time">The clock.</param>
    public static async Task RunAsync(IChannel channel, string queue, IEnumerable<ulong> tags, TimeProvider time)
    {
        var returned = 0;
        var alone = true;
        foreach (var commands in tags.Order().Chunk(SortedMap).Chunk(CommandsAtATime))
        {
            foreach (var command in commands)
            {
                await channel.BasicNackAsync(command[^1], multiple: true, requeue: true);
                returned += command.Length;
            }

            // If others take them at once, there is nothing to wait for, and no order.
            alone = alone && await AreBackAsync(channel, queue, returned, time);
        }
    }

    private static async Task<bool> AreBackAsync(IChannel channel, string queue, int count, TimeProvider time)
    {
        for (var look = 0; look < MaxLooks; look++)
        {
            if ((await channel.QueueDeclarePassiveAsync(queue)).MessageCount >= count)
            {
                return true;
            }

            await Task.Delay(BetweenLooks, time);
        }

        return false;
    }
}
