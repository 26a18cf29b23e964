using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;

namespace DiditWorker.Operations.Archive;

/// <summary>Takes dead letters out of their queues into an archive.</summary>
public sealed class Discard(DeadLetterQueues queues)
{
    // One flush to disk for as many: a flush takes milliseconds, an acknowledgement microseconds.
    private const int Batch = 200;
    private const int BatchBytes = 8 << 20;

    /// <summary>
    /// Archives and acknowledges, in this order, batch by batch: whenever it ends, a dead letter is in the archive, in its queue, or in
    /// both.
    /// </summary>
    /// <param name="broker">Where the queues are.</param>
    /// <param name="filter">Which.</param>
    /// <param name="archive">Where to.</param>
    /// <param name="done">Is told of every batch how many it had.</param>
    /// <param name="cancellation">Ends it between two messages.</param>
    /// <exception cref="ArchiveException">One cannot be archived: it and those after it are where they were.</exception>
    public async Task RunAsync(
        IOperatorBroker broker, DeadLetterFilter filter, ArchiveWriter archive, Action<int> done, CancellationToken cancellation)
    {
        foreach (var queue in queues.Named(filter))
        {
            await using var scan = await broker.ScanAsync(queue, cancellation);
            if (scan is not null && archive.Count != filter.Limit)
            {
                await RunAsync(scan, filter, archive, done, cancellation);
            }
        }
    }

    private async Task RunAsync(
        IQueueScan scan, DeadLetterFilter filter, ArchiveWriter archive, Action<int> done, CancellationToken cancellation)
    {
        var (batch, bytes) = (new List<(ulong Tag, DeadLetter Letter)>(Batch), 0L);
        await foreach (var (tag, letter) in queues.SelectAsync(scan, filter, cancellation))
        {
            await archive.AddAsync(letter, cancellation);
            batch.Add((tag, letter));
            bytes += letter.Body.Length;
            if (archive.Count == filter.Limit)
            {
                break;
            }

            if (batch.Count == Batch || bytes >= BatchBytes)
            {
                await SettleAsync(scan, archive, batch, done);
                bytes = 0;
            }
        }

        await SettleAsync(scan, archive, batch, done);
    }

    private async Task SettleAsync(IQueueScan scan, ArchiveWriter archive, List<(ulong Tag, DeadLetter Letter)> batch, Action<int> done)
    {
        if (batch.Count == 0)
        {
            return;
        }

        archive.FlushToDisk();
        foreach (var (tag, _) in batch)
        {
            // Not to be cancelled: what is in the archive should leave the queue.
            await scan.AckAsync(tag, CancellationToken.None);
        }

        await queues.CountAsync(scan.Queue, [.. batch.Select(taken => taken.Letter)], -1);
        done(batch.Count);
        batch.Clear();
    }
}
