using DiditWorker.Contracts;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Replay;

/// <summary>What the worker answers to the messages that a run has replayed. Answers to others do not count.</summary>
internal sealed class ReplayAnswers : IAsyncDisposable
{
    private readonly AnswerListener _answers;
    private readonly ReplayReport _report;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _hearing;
    private readonly Lock _lock = new();
    private readonly Dictionary<IdempotencyKey, int> _pending = [];
    private int _rejected;
    private int _silent;
    private long _heardAt;

    private ReplayAnswers(AnswerListener answers, ReplayReport report, TimeSpan patience, TimeProvider time)
    {
        (_answers, _report, _patience, _time) = (answers, report, patience, time);
        _hearing = HearAsync();
    }

    /// <summary>How many were rejected.</summary>
    public int Rejected => Volatile.Read(ref _rejected);

    /// <summary>How many were replayed that nobody answers: they have no id, or are of another type.</summary>
    public int Silent => Volatile.Read(ref _silent);

    /// <summary>Begins to listen. What is answered after this has returned is heard.</summary>
    public static async Task<ReplayAnswers> OpenAsync(
        IOperatorBroker broker, ReplayReport report, TimeSpan patience, TimeProvider time, CancellationToken cancellation) =>
        new(await AnswerListener.OpenAsync(broker, cancellation), report, patience, time);

    /// <summary>A message is about to be published: its answer may come sooner than the confirm.</summary>
    public void Expect(DeadLetter letter) => Add(letter, 1);

    /// <summary>The broker did not take it.</summary>
    public void DoNotExpect(DeadLetter letter) => Add(letter, -1);

    /// <summary>From now on it counts how long nothing comes.</summary>
    public void BeginToWait() => _heardAt = _time.GetTimestamp();

    /// <summary>How many answers are to come still. Those that do not come within the patience are counted, and not waited for.</summary>
    /// <exception cref="BrokerException">Nothing is heard any more.</exception>
    public async Task<int> CountMissingAsync()
    {
        if (_hearing.IsFaulted)
        {
            await _hearing;
        }

        lock (_lock)
        {
            if (_pending.Count > 0 && _time.GetElapsedTime(_heardAt) > _patience)
            {
                _report.NoOutcome += _pending.Values.Sum();
                _pending.Clear();
            }

            return _pending.Values.Sum();
        }
    }

    /// <summary>What is waited for, for people.</summary>
    public string InWords(int missing) => $"the worker's {(missing == 1 ? "answer" : $"{missing} answers")}, at most "
        + $"{Words.Duration(_patience)} without one";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        await _answers.DisposeAsync();
    }

    private void Add(DeadLetter letter, int change)
    {
        lock (_lock)
        {
            if (letter.Delivery is not { } delivery || letter.Invalid == DeadLetterReader.OtherType)
            {
                _silent += change;
                return;
            }

            var missing = _pending.GetValueOrDefault(delivery.Key) + change;
            Set(delivery.Key, missing);
        }
    }

    private void Set(IdempotencyKey key, int missing)
    {
        if (missing > 0)
        {
            _pending[key] = missing;
        }
        else
        {
            _pending.Remove(key);
        }
    }

    private async Task HearAsync()
    {
        await foreach (var answer in _answers.ReadAsync(_ended.Token))
        {
            lock (_lock)
            {
                if (!_pending.TryGetValue(answer.Key, out var missing))
                {
                    continue;
                }

                _heardAt = _time.GetTimestamp();

                // Nobody waits for it any more: the replay did not fail.
                _rejected += answer.Created || answer.Code == RejectionCodes.Expired ? 0 : 1;
                _report.Heard(answer.Code ?? answer.Outcome ?? "created");
                Set(answer.Key, missing - 1);
            }
        }
    }
}
