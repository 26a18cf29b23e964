using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;

namespace DiditWorker.Operations.Archive;

/// <summary>Publishes the dead letters of an archive into their queues again.</summary>
/// <param name="queues">The queues for dead letters.</param>
/// <param name="path">The archive.</param>
/// <param name="target">The queue for all; null: each line's own.</param>
public sealed class Import(DeadLetterQueues queues, string path, string? target)
{
    // As many publishes wait for their confirms at a time.
    private const int Batch = 100;

    private readonly SortedDictionary<string, ImportTally> _tallies = new(StringComparer.Ordinal);

    /// <summary>For each queue what is to come into it. What is there already is known after <see cref="RunAsync"/>.</summary>
    public IReadOnlyDictionary<string, ImportTally> Tallies => _tallies;

    /// <summary>Reads every line and checks it.</summary>
    /// <exception cref="ArchiveException">A line is not what was written, or its queue is none for dead letters.</exception>
    public void Check()
    {
        foreach (var letter in ArchiveReader.Read(path))
        {
            var queue = QueueOf(letter);
            if (!queues.Holds(queue))
            {
                throw new ArchiveException(
                    $"{queue} is no queue for dead letters. Name one: --queue error, skipped, or a name that ends in _error or _skipped");
            }

            var tally = _tallies.TryGetValue(queue, out var known) ? known : _tallies[queue] = new();
            tally.Lines++;
            tally.Expiring += letter.Properties.Expiration is null ? 0 : 1;
            tally.Aside += Aside.IsNeeded(letter.Properties) ? 1 : 0;
        }
    }

    /// <summary>Finds out which are in their queue already, and publishes the others, each confirmed. It is checked before.</summary>
    /// <param name="broker">Where the queues are.</param>
    /// <param name="publish">False to find out only.</param>
    /// <param name="done">Is told how many lines were dealt with.</param>
    /// <param name="cancellation">Ends it; what is published then stays, and another run goes on from there.</param>
    /// <exception cref="BrokerException">The broker refused a message, or is gone.</exception>
    public async Task RunAsync(IOperatorBroker broker, bool publish, Action<int> done, CancellationToken cancellation)
    {
        foreach (var (queue, tally) in _tallies)
        {
            await CountPresentAsync(broker, queue, tally, cancellation);
        }

        foreach (var queue in _tallies.Where(row => publish && row.Value.IsNew).Select(row => row.Key))
        {
            await broker.DeclareParkingAsync(queue, cancellation);
        }

        await using var publisher = await broker.OpenPublisherAsync(cancellation);
        foreach (var batch in ArchiveReader.Read(path).Chunk(Batch))
        {
            var missing = batch.Where(letter => !_tallies[QueueOf(letter)].Skips(letter.Reference)).ToList();
            foreach (var letters in publish ? missing.GroupBy(QueueOf, StringComparer.Ordinal) : [])
            {
                var queue = letters.Key;
                await publisher.PublishAsync(
                    queue, letters.Select(letter => (ImportedMessage.Of(letter), letter.Body)),
                    taken => _tallies[queue].Published += taken, cancellation);
                await queues.CountAsync(queue, [.. letters.Select(letter => queues.Read(queue, letter.Properties, letter.Body))], 1);
            }

            done(batch.Length);
        }
    }

    private string QueueOf(ArchivedLetter letter) => target ?? letter.Queue;

    private async Task CountPresentAsync(IOperatorBroker broker, string queue, ImportTally tally, CancellationToken cancellation)
    {
        await using var scan = await broker.ScanAsync(queue, cancellation);
        if (scan is null)
        {
            tally.IsNew = queue == queues.ErrorQueue || queue == queues.SkippedQueue ? true : throw new ArchiveException(
                $"{queue} does not exist, and how its owner declares it is not known here. Let its owner declare it first, or use "
                    + "--queue error");
            return;
        }

        await foreach (var (_, properties, body) in scan.ReadAsync(cancellation))
        {
            tally.NotePresent(DeadLetterReader.Reference(properties, body.Span));
        }
    }
}
