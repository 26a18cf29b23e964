using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;

namespace DiditWorker.Operations.Archive;

/// <summary>Publishes the dead letters of an archive into their queues again.</summary>
public sealed class Import(DeadLetterQueues queues)
{
    // As many publishes wait for their confirms at a time.
    private const int Batch = 100;

    /// <summary>Reads every line and checks it.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="target">The queue for all; null: each line's own.</param>
    /// <returns>For each queue what is to come into it; what is there already is not yet known.</returns>
    /// <exception cref="ArchiveException">A line is not what was written, or its queue is none for dead letters.</exception>
    public SortedDictionary<string, ImportTally> Check(string path, string? target)
    {
        var tallies = new SortedDictionary<string, ImportTally>(StringComparer.Ordinal);
        foreach (var letter in ArchiveReader.Read(path))
        {
            var queue = target ?? letter.Queue;
            if (!queues.Holds(queue))
            {
                throw new ArchiveException(
                    $"{queue} is no queue for dead letters. Name one: --queue error, skipped, or a name that ends in _error or _skipped");
            }

            var tally = tallies.TryGetValue(queue, out var known) ? known : tallies[queue] = new();
            tally.Lines++;
            tally.Expiring += letter.Properties.Expiration is null ? 0 : 1;
            tally.Aside += Aside.IsNeeded(letter.Properties) ? 1 : 0;
        }

        return tallies;
    }

    /// <summary>Finds out which are in their queue already, and publishes the others, each confirmed.</summary>
    /// <param name="broker">Where the queues are.</param>
    /// <param name="path">The archive, checked.</param>
    /// <param name="target">As in <see cref="Check"/>.</param>
    /// <param name="tallies">What <see cref="Check"/> returned; completed here.</param>
    /// <param name="publish">False to find out only.</param>
    /// <param name="done">Is told how many lines were dealt with.</param>
    /// <param name="cancellation">Ends it; what is published then stays, and another run goes on from there.</param>
    /// <exception cref="BrokerException">The broker refused a message, or is gone.</exception>
    public async Task RunAsync(
        IOperatorBroker broker, string path, string? target, SortedDictionary<string, ImportTally> tallies, bool publish, Action<int> done,
        CancellationToken cancellation)
    {
        var there = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var (queue, tally) in tallies)
        {
            there[queue] = await PresentAsync(broker, queue, tally, cancellation);
        }

        foreach (var queue in tallies.Where(row => publish && row.Value.IsNew).Select(row => row.Key))
        {
            await broker.DeclareParkingAsync(queue, cancellation);
        }

        await using var publisher = await broker.OpenPublisherAsync(cancellation);
        foreach (var batch in ArchiveReader.Read(path).Chunk(Batch))
        {
            foreach (var missing in batch.Where(letter => !IsThere(letter, target ?? letter.Queue))
                .GroupBy(letter => target ?? letter.Queue, StringComparer.Ordinal))
            {
                if (publish)
                {
                    var messages = missing.Select(letter => (ImportedMessage.Of(letter), letter.Body));
                    await publisher.PublishAsync(missing.Key, messages, taken => tallies[missing.Key].Published += taken, cancellation);
                    await queues.CountAsync(
                        missing.Key, [.. missing.Select(letter => queues.Read(missing.Key, letter.Properties, letter.Body))], 1);
                }
            }

            done(batch.Length);
        }

        // Two dead letters may have one reference: as many are skipped as are there.
        bool IsThere(ArchivedLetter letter, string queue)
        {
            var left = there[queue].GetValueOrDefault(letter.Reference);
            if (left == 0)
            {
                return false;
            }

            there[queue][letter.Reference] = left - 1;
            tallies[queue].There++;
            return true;
        }
    }

    private async Task<Dictionary<string, int>> PresentAsync(
        IOperatorBroker broker, string queue, ImportTally tally, CancellationToken cancellation)
    {
        var references = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var scan = await broker.ScanAsync(queue, cancellation);
        if (scan is null)
        {
            tally.IsNew = true;
            return queue == queues.ErrorQueue || queue == queues.SkippedQueue
                ? references
                : throw new ArchiveException(
                    $"{queue} does not exist, and how its owner declares it is not known here. Let its owner declare it first, or use "
                        + "--queue error");
        }

        await foreach (var (_, properties, body) in scan.ReadAsync(cancellation))
        {
            var reference = DeadLetterReader.Reference(properties, body.Span);
            references[reference] = references.GetValueOrDefault(reference) + 1;
        }

        return references;
    }
}
