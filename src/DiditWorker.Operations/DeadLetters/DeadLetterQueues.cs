using System.Runtime.CompilerServices;
using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>The error queue and the skipped queue of the worker, read one pass after the other.</summary>
public sealed class DeadLetterQueues(
    StartVerificationOptions options, DiditOptions didit, DeadLetterReader reader, DeadLetterCounts counts, TimeProvider time)
{
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>
    /// How long a pass may hold messages: the broker ends a channel that holds one for longer than its acknowledgement timeout, 30 minutes
    /// by default (RabbitMQ docs, "Consumers").
    /// </summary>
    public static readonly TimeSpan MaxPass = TimeSpan.FromMinutes(10);

    /// <summary>Where rejected messages lie.</summary>
    public string ErrorQueue => options.ErrorQueue;

    /// <summary>Where messages of unknown types lie.</summary>
    public string SkippedQueue => options.SkippedQueue;

    /// <summary>Where the worker takes messages from.</summary>
    public string InputQueue => options.Queue;

    /// <summary>What the passes of this command have come across.</summary>
    internal LetterCounts Seen { get; } = new();

    /// <summary>The ids of a filter that no dead letter had which it took in the passes of this command.</summary>
    internal IReadOnlyList<string> NotSeen(DeadLetterFilter filter) => [.. filter.Ids.Where(id => !_named.Contains(id))];

    /// <summary>
    /// Whether a queue is one for dead letters: the worker's own, or another endpoint's, which MassTransit names in the same way.
    /// </summary>
    public bool Holds(string queue) =>
        queue != InputQueue && (queue.EndsWith("_error", StringComparison.Ordinal) || queue.EndsWith("_skipped", StringComparison.Ordinal));

    /// <summary>The queues that a filter names.</summary>
    public IReadOnlyList<string> Named(DeadLetterFilter filter) => filter.Queue switch
    {
        null => [ErrorQueue, SkippedQueue],
        "error" => [ErrorQueue],
        "skipped" => [SkippedQueue],
        var queue => [queue],
    };

    /// <summary>How many messages are ready in the queues that a filter names.</summary>
    public async Task<long> DepthAsync(IOperatorBroker broker, DeadLetterFilter filter, CancellationToken cancellation)
    {
        var depth = 0L;
        foreach (var queue in Named(filter))
        {
            depth += await broker.DepthAsync(queue, cancellation) ?? 0;
        }

        return depth;
    }

    /// <summary>Notes that dead letters came into a queue (1), or were taken out of it (-1).</summary>
    public Task CountAsync(string queue, IReadOnlyCollection<DeadLetter> letters, int change) =>
        counts.ChangeAsync(queue, [.. letters.Select(letter => (letter.Group, letter.Delivery?.PublishedAt))], change);

    /// <summary>As <see cref="DeadLetterReader.Read"/>.</summary>
    public DeadLetter Read(string queue, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        reader.Read(queue, properties, body);

    /// <summary>Where it stands in the window now.</summary>
    public WindowAge AgeOf(DeadLetter letter) =>
        WindowAge.Of(letter.Delivery?.PublishedAt, didit.IdempotencyWindow, didit.WindowMargin, time.GetUtcNow());

    /// <summary>
    /// Every dead letter that the filter takes, as a snapshot of each queue; all go back unread, also now and then while this lasts long.
    /// What is returned may be kept, but then its body is kept, too.
    /// </summary>
    public async IAsyncEnumerable<DeadLetter> SnapshotAsync(
        IOperatorBroker broker, DeadLetterFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var taken = 0;
        foreach (var queue in Named(filter))
        {
            // How often each reference was told: a pass after one that was cut off meets them again.
            var told = new Dictionary<ulong, int>();
            var isCutOff = true;
            while (isCutOff)
            {
                await using var scan = await broker.ScanAsync(queue, cancellation);
                if (scan is null)
                {
                    break;
                }

                var (started, met) = (time.GetTimestamp(), new Dictionary<ulong, int>(told));
                isCutOff = false;
                await foreach (var (_, letter) in SelectAsync(scan, filter, cancellation))
                {
                    var reference = Convert.ToUInt64(letter.Reference, fromBase: 16);
                    if (met.GetValueOrDefault(reference) > 0)
                    {
                        met[reference]--;
                        continue;
                    }

                    told[reference] = told.GetValueOrDefault(reference) + 1;
                    yield return letter;
                    if (++taken == filter.Limit)
                    {
                        yield break;
                    }

                    isCutOff = time.GetElapsedTime(started) > MaxPass;
                    if (isCutOff)
                    {
                        break;
                    }
                }
            }
        }
    }

    /// <summary>
    /// The dead letters of one pass that the filter takes, each with its tag, by which it can be acknowledged while the pass is open.
    /// </summary>
    public async IAsyncEnumerable<(ulong Tag, DeadLetter Letter)> SelectAsync(
        IQueueScan scan, DeadLetterFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (tag, properties, body) in scan.ReadAsync(cancellation))
        {
            var letter = reader.Read(scan.Queue, properties, body);
            Seen.Add(letter);
            if (filter.Takes(letter, AgeOf(letter)))
            {
                _named.UnionWith(filter.Ids.Where(id => DeadLetterFilter.IsNamed(letter, id)));
                yield return (tag, letter);
            }
        }
    }
}
