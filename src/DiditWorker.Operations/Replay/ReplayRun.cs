using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

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

    // The broker closes a channel that holds a message for longer than its acknowledgement timeout (30 minutes by default).
    private static readonly TimeSpan MaxPass = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<IdempotencyKey, int> _pending = [];
    private int _batch = 1;
    private int _inBatch;
    private int _rejected;
    private long _arrivedBefore;
    private long _heardAt;
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
        await using var answers = await AnswerListener.OpenAsync(broker, cancellation);
        await using var publisher = await broker.OpenPublisherAsync(cancellation);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hearing = HearAsync(answers, ended.Token);
        try
        {
            foreach (var (queue, references) in selection)
            {
                while (Report.StoppedBecause is null && await PassAsync(broker, queue, references, publisher, replayed, cancellation))
                {
                    // Cut off to give the broker its messages back for a moment.
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            await hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

            cutOff = time.GetElapsedTime(started) > MaxPass;
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
        Report.Expired += expired ? 1 : 0;
        Report.ReplayedTooOften += often && !expired ? 1 : 0;
        return !expired && !often;
    }

    // False: the broker did not take it, so it stays where it is.
    private async Task<bool> ReplayAsync(
        IQueueScan scan, ulong tag, DeadLetter letter, IExactPublisher publisher, CancellationToken cancellation)
    {
        await PaceAsync(cancellation);
        var properties = ReplayHeaders.Renewed(letter, time.GetUtcNow(), options.Reason ?? "not given", options.Run);
        Expect(letter, 1);
        try
        {
            // Not to be cancelled from here on: what the broker has taken should leave the queue.
            await publisher.PublishAsync(options.Target, [(properties, letter.Body)], _ => { }, CancellationToken.None);
        }
        catch (BrokerException exception) when (exception.IsAboutMessage)
        {
            Expect(letter, -1);
            Report.NotTaken++;
            return false;
        }

        await scan.AckAsync(tag, CancellationToken.None);
        Report.Replayed++;
        return true;
    }

    // Before it is published: its answer may come sooner than the confirm.
    private void Expect(DeadLetter letter, int more)
    {
        if (letter.Delivery is { } delivery && letter.Invalid != DeadLetterReader.OtherType)
        {
            lock (_lock)
            {
                _pending[delivery.Key] = _pending.GetValueOrDefault(delivery.Key) + more;
            }
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
        _heardAt = time.GetTimestamp();
        while (true)
        {
            var arrived = _arrivedBefore + Math.Max(0, await scan.GrowthAsync(cancellation));
            var waiting = Judge(arrived, waitForAll);
            if (Report.Failures > options.MaxFailures)
            {
                Report.StoppedBecause = Report.NoOutcome > 0
                    ? $"nothing was heard of {Words.Count(Report.NoOutcome, "message")} within {Words.Duration(options.Patience)}; "
                        + "is a worker running, and is Didit well (GET /health/ready)?"
                    : $"{Words.Count(Report.Failures, "failure")} {Words.Verb(Report.Failures, "is", "are")} more than "
                        + $"--max-failures {options.MaxFailures}";
                return;
            }

            if (!waiting)
            {
                WaitsFor = null;
                return;
            }

            await Task.Delay(Look, time, cancellation);
        }
    }

    private bool Judge(long arrived, bool waitForAll)
    {
        lock (_lock)
        {
            Report.FailedAgain = (int)Math.Max(_rejected, arrived);
            if (waitForAll && _pending.Count > 0 && time.GetElapsedTime(_heardAt) > options.Patience)
            {
                Report.NoOutcome += _pending.Values.Sum();
                _pending.Clear();
            }

            var waiting = _pending.Values.Sum();
            WaitsFor = $"the worker's {(waiting == 1 ? "answer" : $"{waiting} answers")}, at most "
                + $"{Words.Duration(options.Patience)} without one";
            return waitForAll && waiting > 0;
        }
    }

    private async Task HearAsync(AnswerListener answers, CancellationToken ended)
    {
        await foreach (var answer in answers.ReadAsync(ended))
        {
            lock (_lock)
            {
                if (!_pending.TryGetValue(answer.Key, out var waiting))
                {
                    continue;
                }

                _heardAt = time.GetTimestamp();
                _rejected += answer.Created ? 0 : 1;
                Report.Heard(answer.Code ?? answer.Outcome ?? "created");
                if (waiting > 1)
                {
                    _pending[answer.Key] = waiting - 1;
                }
                else
                {
                    _pending.Remove(answer.Key);
                }
            }
        }
    }
}
