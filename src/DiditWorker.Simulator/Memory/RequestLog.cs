namespace DiditWorker.Simulator.Memory;

/// <summary>The requests to the Didit API, written on arrival and completed as they go on, so that an aborted one is there too.</summary>
internal sealed class RequestLog(Func<int> limit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, LoggedRequest> entries = [];
    private readonly Dictionary<(DiditOperation, int), long> byStatus = [];
    private readonly Dictionary<FaultKind, long> byFault = [];
    private long last;
    private long clearedUpTo;
    private long dropped;

    public long Dropped
    {
        get
        {
            lock (gate)
            {
                return dropped;
            }
        }
    }

    public LoggedRequest Begin(LoggedRequest request)
    {
        lock (gate)
        {
            request = request with { Sequence = ++last };
            entries.Add(last, request);
            Count(request, 1);
            DropOldest();
            return request;
        }
    }

    public LoggedRequest Update(LoggedRequest before, LoggedRequest after)
    {
        lock (gate)
        {
            if (before.Sequence > clearedUpTo)
            {
                Count(before, -1);
                Count(after, 1);
            }

            if (entries.ContainsKey(before.Sequence))
            {
                entries[before.Sequence] = after;
            }

            return after;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
            byStatus.Clear();
            byFault.Clear();
            clearedUpTo = last;
            dropped = 0;
        }
    }

    public IReadOnlyList<LoggedRequest> Entries()
    {
        lock (gate)
        {
            var kept = new List<LoggedRequest>(entries.Count);
            for (var sequence = last - entries.Count + 1; sequence <= last; sequence++)
            {
                kept.Add(entries[sequence]);
            }

            return kept;
        }
    }

    public (IReadOnlyDictionary<(DiditOperation Operation, int Status), long> ByStatus, IReadOnlyDictionary<FaultKind,
        long> ByFault) Counts()
    {
        lock (gate)
        {
            return (byStatus.Where(c => c.Value > 0).ToDictionary(), byFault.Where(c => c.Value > 0).ToDictionary());
        }
    }

    private void DropOldest()
    {
        for (var most = limit(); entries.Count > most; dropped++)
        {
            entries.Remove(last - entries.Count + 1);
        }
    }

    private void Count(LoggedRequest request, int by)
    {
        var status = (request.Operation, request.Status);
        byStatus[status] = byStatus.GetValueOrDefault(status) + by;
        if (request.Fault is { } fault)
        {
            byFault[fault] = byFault.GetValueOrDefault(fault) + by;
        }
    }
}
