using System.Collections.Concurrent;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>One message and what became of it so far.</summary>
internal sealed class Entry(CampaignMessage message, int epoch)
{
    public CampaignMessage Message { get; } = message;

    /// <summary>How often Redis had lost records when it was first published.</summary>
    public int Epoch { get; } = epoch;

    public int Published { get; set; }

    public int Confirmed { get; set; }

    public int Answers { get; set; }

    public CampaignAnswer? First { get; set; }

    /// <summary>Answers that name another session, id or correlation than the first one, or are no session at all.</summary>
    public List<string> Contradictions { get; } = [];

    /// <summary>Answers whose body differs although the record cannot have been lost in between.</summary>
    public int OtherBodies { get; set; }

    /// <summary>The same after Redis had lost records.</summary>
    public int OtherBodiesAfterLoss { get; set; }
}

/// <summary>An answer off the wire.</summary>
internal sealed record CampaignAnswer(
    string Event, string? MessageId, string? CorrelationId, string? RequestId, string? SessionId, string Body);

/// <summary>What was published and what was answered. Thread-safe.</summary>
internal sealed class Ledger(History history)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _outstanding;
    private int _answers;
    private int _epoch;

    public ConcurrentQueue<string> Strangers { get; } = new();

    /// <summary>When each answer came, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>, in order.</summary>
    public ConcurrentQueue<long> AnsweredAt { get; } = new();

    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>Confirmed deliveries that have no answer yet.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Answers so far, to whatever.</summary>
    public int Answers => Volatile.Read(ref _answers);

    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _order.Select(id => _entries[id])];
            }
        }
    }

    public void RedisLostRecords() => Interlocked.Increment(ref _epoch);

    public Entry Add(CampaignMessage message)
    {
        lock (_lock)
        {
            var entry = new Entry(message, _epoch);
            _entries.Add(message.RequestId, entry);
            _order.Add(message.RequestId);
            return entry;
        }
    }

    /// <summary>A message at random of those published before Redis last lost records; none if there is none.</summary>
    public Entry? Old(Random random)
    {
        lock (_lock)
        {
            // Epochs never fall in order of publishing.
            var old = _order.Count;
            while (old > 0 && _entries[_order[old - 1]].Epoch == _epoch)
            {
                old--;
            }

            return old == 0 ? null : _entries[_order[random.Next(old)]];
        }
    }

    public void Published(Entry entry)
    {
        lock (_lock)
        {
            entry.Published++;
        }
    }

    public void Confirmed(Entry entry)
    {
        lock (_lock)
        {
            _outstanding += ++entry.Confirmed > entry.Answers ? 1 : 0;
        }
    }

    public void Answered(CampaignAnswer answer)
    {
        if (answer.RequestId?.StartsWith(StrangeTraffic.Prefix, StringComparison.Ordinal) == true && answer.SessionId is null)
        {
            history.Count("rejections of strange messages");
            Interlocked.Increment(ref _answers);
            return;
        }

        history.Add("answer", answer.RequestId, new { answer.Event, answer.SessionId, answer.MessageId });
        history.Count("answers");
        AnsweredAt.Enqueue(System.Diagnostics.Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _answers);
        lock (_lock)
        {
            if (answer.RequestId is null || !_entries.TryGetValue(answer.RequestId, out var entry))
            {
                Strangers.Enqueue($"{answer.Event} {answer.RequestId} {answer.Body}");
                return;
            }

            _outstanding -= entry.Answers++ < entry.Confirmed ? 1 : 0;
            if (answer.SessionId is null)
            {
                entry.Contradictions.Add(answer.Event + " " + answer.Body);
            }
            else if (entry.First is null)
            {
                entry.First = answer;
            }
            else
            {
                Compare(entry, entry.First, answer);
            }
        }
    }

    private void Compare(Entry entry, CampaignAnswer first, CampaignAnswer answer)
    {
        if ((first.SessionId, first.MessageId, first.CorrelationId) != (answer.SessionId, answer.MessageId, answer.CorrelationId))
        {
            entry.Contradictions.Add($"session {answer.SessionId}, message {answer.MessageId}, correlation {answer.CorrelationId}");
        }
        else if (first.Body != answer.Body)
        {
            entry.OtherBodies += entry.Epoch == _epoch ? 1 : 0;
            entry.OtherBodiesAfterLoss += entry.Epoch == _epoch ? 0 : 1;
            history.Add("other-body", answer.RequestId, new { first = first.Body, then = answer.Body });
        }
    }
}
