using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary>
/// Replays a frozen selection: one message first, then batches that grow. Each message is published, confirmed, and only then taken out of
/// the queue, so that a crash leaves it twice rather than nowhere; the worker answers the second one from the record.
/// </summary>
/// <param name="queues">Where the messages are.</param>
/// <param name="options">How.</param>
/// <param name="time">The clock.</param>
public sealed class ReplayRun(DeadLetterQueues queues, ReplayOptions options, TimeProvider time)
{
    private const int Growth = 10;
    private const int MaxBatch = 1_000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _left = new(StringComparer.Ordinal);
    private ReplayAnswers _answers = null!;
    private int _batch = 1;
    private int _inBatch;
    private long _arrivedBefore;
    private long _ofOthers;
    private long _next = time.GetTimestamp();

    /// <summary>What came of it; complete once <see cref="RunAsync"/> has ended, and true also when that was cancelled.</summary>
    public ReplayReport Report { get; } = new();

    /// <summary>What it waits for at the moment, for people; null: it goes on.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>Runs.</summary>
    /// <param name="broker">Where the queues are.</param>
    /// <param name="selection">References of what is to be replayed, by queue. What is not in its queue any more is passed over.</param>
    /// <param name="replayed">Told after each message.</param>
    /// <param name="cancellation">Ends it between two messages.</param>
    public async Task RunAsync(
        IOperatorBroker broker, IReadOnlyDictionary<string, HashSet<string>> selection, Action replayed, CancellationToken cancellation)
    {
        await using var answers = _answers = await ReplayAnswers.OpenAsync(broker, Report, options.Patience, time, cancellation);
        await using var publisher = await broker.OpenPublisherAsync(cancellation);
        foreach (var (queue, references) in selection)
        {
            while (Report.StoppedBecause is null && await PassAsync(broker, queue, references, publisher, replayed, cancellation))
            {
                // Cut off to give the broker its messages back for a moment.
            }
        }
    }

    // True: there may be more.
    private async Task<bool> PassAsync(
        IOperatorBroker broker, string queue, HashSet<string> references, IExactPublisher publisher, Action replayed,
        CancellationToken cancellation)
    {
        await using var scan = await broker.ScanAsync(queue, cancellation);
        if (scan is null)
        {
            return false;
        }

        var started = time.GetTimestamp();
        var cutOff = false;
        await foreach (var (tag, letter) in queues.SelectAsync(scan, new() { References = references }, cancellation))
        {
            // Two copies of one message are one dead letter for the selection: both go.
            if (!MayGo(letter))
            {
                continue;
            }

            if (await ReplayAsync(scan, tag, options.Edit is null ? letter : options.Edit(letter), publisher, cancellation))
            {
                await queues.CountAsync(queue, [letter], -1);
            }

            replayed();
            if (++_inBatch == _batch)
            {
                await SettleAsync(scan, waitForAll: options.Wait || _batch == 1, cancellation);
                (_batch, _inBatch) = (Math.Min(_batch * Growth, MaxBatch), 0);
            }

            cutOff = time.GetElapsedTime(started) > DeadLetterQueues.MaxPass;
            if (cutOff || Report.StoppedBecause is not null)
            {
                break;
            }
        }

        await SettleAsync(scan, options.Wait, cancellation);
        _arrivedBefore += Math.Max(0, await scan.GrowthAsync(cancellation));
        return cutOff;
    }

    private bool MayGo(DeadLetter letter)
    {
        var expired = !options.AllowExpired && !options.Answered.Contains(letter.Reference)
            && queues.AgeOf(letter).State == WindowState.Expired;
        var often = letter.Replays >= options.MaxReplays;
        if (!expired && !often)
        {
            return true;
        }

        // A pass after one that was cut off meets it again.
        var isNew = _left.Add(letter.Reference);
        Report.Expired += isNew && expired ? 1 : 0;
        Report.ReplayedTooOften += isNew && !expired ? 1 : 0;
        return false;
    }

    // False: the broker did not take it, so it stays where it is.
    private async Task<bool> ReplayAsync(
        IQueueScan scan, ulong tag, DeadLetter letter, IExactPublisher publisher, CancellationToken cancellation)
    {
        await PaceAsync(cancellation);
        var properties = ReplayHeaders.Renewed(letter, time.GetUtcNow(), options.Reason ?? "not given", options.Run);
        _answers.Expect(letter);
        try
        {
            await ConfirmedAsync(
                publisher.PublishAsync(options.Target, [(properties, letter.Body)], _ => { }, CancellationToken.None), cancellation);
        }
        catch (BrokerException exception) when (exception.IsAboutMessage)
        {
            _answers.DoNotExpect(letter);
            Report.NotTaken++;
            return false;
        }

        await scan.AckAsync(tag, CancellationToken.None);
        Report.Replayed++;
        return true;
    }

    // A stop waits for the confirm, since what the broker has taken should leave the queue; but not for ever.
    private async Task ConfirmedAsync(Task publishing, CancellationToken cancellation)
    {
        try
        {
            await publishing.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await publishing.WaitAsync(StopGrace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!publishing.IsCompleted)
            {
                throw new BrokerException(
                    BrokerFailure.Closed,
                    $"it did not confirm a message within {Words.Duration(StopGrace)}: that is still in its queue, and may be in "
                        + $"{options.Target}, too; the worker answers the second one from the record");
            }

            await publishing;
        }
    }

    private async Task PaceAsync(CancellationToken cancellation)
    {
        var wait = -time.GetElapsedTime(_next);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellation);
        }

        _next = Math.Max(_next, time.GetTimestamp()) + (long)(time.TimestampFrequency / options.Rate);
    }

    // Notes what became of the messages so far, and stops the run if too many failed.
    private async Task SettleAsync(IQueueScan scan, bool waitForAll, CancellationToken cancellation)
    {
        _answers.BeginToWait();
        while (Report.StoppedBecause is null)
        {
            var missing = await _answers.CountMissingAsync();
            var isUnclear = Judge(_arrivedBefore + Math.Max(0, await scan.GrowthAsync(cancellation)), missing);
            WaitsFor = missing > 0 && (waitForAll || isUnclear) ? _answers.InWords(missing) : null;
            Report.StoppedBecause = Report.Failures > options.MaxFailures ? WhyStopped() : null;
            if (WaitsFor is null)
            {
                return;
            }

            await Task.Delay(Look, time, cancellation);
        }
    }

    // What came into the queue may be of others, for which this run is not stopped: only the answers tell, or that none comes. True: more
    // came than were rejected, and answers are missing.
    private bool Judge(long arrived, int missing)
    {
        var unexplained = Math.Max(0, arrived - _ofOthers - _answers.Rejected);
        var silent = Math.Min(unexplained, _answers.Silent);
        Report.FailedAgain = _answers.Rejected + (int)silent;
        if (missing == 0)
        {
            _ofOthers += unexplained - silent;
        }

        return unexplained > silent && missing > 0;
    }

    private string WhyStopped() => Report.NoOutcome > 0
        ? $"nothing was heard of {Words.Count(Report.NoOutcome, "message")} within {Words.Duration(options.Patience)}; "
            + "is a worker running, and is Didit well (GET /health/ready)?"
        : $"{Words.Count(Report.Failures, "failure")} {Words.Verb(Report.Failures, "is", "are")} more than "
            + $"--max-failures {options.MaxFailures}";
}
