namespace DiditWorker.Simulator.Memory;

/// <summary>The requests to the Didit API, written on arrival and completed as they go on, so that an aborted one is there too.</summary>
internal sealed class RequestLog(Func<int> limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, LoggedRequest> _entries = [];
    private readonly Dictionary<(DiditOperation, int), long> _byStatus = [];
    private readonly Dictionary<FaultKind, long> _byFault = [];
    private long _last;
    private long _clearedUpTo;
    private long _dropped;

    public long Dropped
    {
        get
        {
            lock (_gate)
            {
                return _dropped;
            }
        }
    }

    public LoggedRequest Begin(LoggedRequest request)
    {
        lock (_gate)
        {
            request = request with { Sequence = ++_last };
            _entries.Add(_last, request);
            Count(request, 1);
            DropOldest();
            return request;
        }
    }

    public LoggedRequest Update(LoggedRequest before, LoggedRequest after)
    {
        lock (_gate)
        {
            if (before.Sequence > _clearedUpTo)
            {
                Count(before, -1);
                Count(after, 1);
            }

            if (_entries.ContainsKey(before.Sequence))
            {
                _entries[before.Sequence] = after;
            }

            return after;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _byStatus.Clear();
            _byFault.Clear();
            _clearedUpTo = _last;
            _dropped = 0;
        }
    }

    public IReadOnlyList<LoggedRequest> Entries()
    {
        lock (_gate)
        {
            var kept = new List<LoggedRequest>(_entries.Count);
            for (var sequence = _last - _entries.Count + 1; sequence <= _last; sequence++)
            {
                kept.Add(_entries[sequence]);
            }

            return kept;
        }
    }

    public (IReadOnlyDictionary<(DiditOperation Operation, int Status), long> ByStatus, IReadOnlyDictionary<FaultKind,
        long> ByFault) Counts()
    {
        lock (_gate)
        {
            return (_byStatus.Where(c => c.Value > 0).ToDictionary(), _byFault.Where(c => c.Value > 0).ToDictionary());
        }
    }

    private void DropOldest()
    {
        for (var most = limit(); _entries.Count > most; _dropped++)
        {
            _entries.Remove(_last - _entries.Count + 1);
        }
    }

    private void Count(LoggedRequest request, int by)
    {
        var status = (request.Operation, request.Status);
        _byStatus[status] = _byStatus.GetValueOrDefault(status) + by;
        if (request.Fault is { } fault)
        {
            _byFault[fault] = _byFault.GetValueOrDefault(fault) + by;
        }
    }
}
