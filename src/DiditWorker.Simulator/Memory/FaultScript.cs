namespace DiditWorker.Simulator.Memory;

/// <summary>The scripted faults, tried in order of adding.</summary>
internal sealed class FaultScript
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private long _lastId;

    public long Add(FaultRule rule)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(++_lastId, rule));
            return _lastId;
        }
    }

    public bool Remove(long id)
    {
        lock (_gate)
        {
            return _entries.RemoveAll(entry => entry.Id == id) > 0;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    public IReadOnlyList<FaultReport> Reports()
    {
        lock (_gate)
        {
            return _entries.ConvertAll(entry => new FaultReport(entry.Id, entry.Fired, entry.Rule));
        }
    }

    public FaultRule? Take(DiditOperation operation, string? vendorData, string? key)
    {
        lock (_gate)
        {
            return _entries.Find(entry => entry.Matches(operation, vendorData, key) && entry.Fires())?.Rule;
        }
    }

    private sealed class Entry(long id, FaultRule rule)
    {
        private readonly Random _chance = new(rule.Seed);
        private long _passed;

        public long Id { get; } = id;

        public FaultRule Rule { get; } = rule;

        public long Fired { get; private set; }

        public bool Matches(DiditOperation operation, string? vendorData, string? key) =>
            (Rule.Operation == operation
                || (Rule.Operation == DiditOperation.Any && operation is not (DiditOperation.Health or DiditOperation.Other)))
            && (Rule.VendorData is null || string.Equals(Rule.VendorData, vendorData, StringComparison.Ordinal))
            && (Rule.IdempotencyKey is null || string.Equals(Rule.IdempotencyKey, key, StringComparison.Ordinal));

        public bool Fires()
        {
            if (_passed < Rule.Skip)
            {
                _passed++;
                return false;
            }

            if (Fired >= (Rule.Count ?? long.MaxValue) || _chance.NextDouble() >= Rule.Probability)
            {
                return false;
            }

            Fired++;
            return true;
        }
    }
}
