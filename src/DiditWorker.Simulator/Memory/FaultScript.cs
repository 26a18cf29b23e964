namespace DiditWorker.Simulator.Memory;

/// <summary>The scripted faults, tried in order of adding.</summary>
internal sealed class FaultScript
{
    private readonly Lock gate = new();
    private readonly List<Entry> entries = [];
    private long lastId;

    public long Add(FaultRule rule)
    {
        lock (gate)
        {
            entries.Add(new Entry(++lastId, rule));
            return lastId;
        }
    }

    public bool Remove(long id)
    {
        lock (gate)
        {
            return entries.RemoveAll(entry => entry.Id == id) > 0;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
        }
    }

    public IReadOnlyList<FaultReport> Reports()
    {
        lock (gate)
        {
            return entries.ConvertAll(entry => new FaultReport(entry.Id, entry.Fired, entry.Rule));
        }
    }

    public FaultRule? Take(DiditOperation operation, string? vendorData, string? key)
    {
        lock (gate)
        {
            return entries.Find(entry => entry.Matches(operation, vendorData, key) && entry.Fires())?.Rule;
        }
    }

    private sealed class Entry(long id, FaultRule rule)
    {
        private readonly Random chance = new(rule.Seed);
        private long passed;

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
            if (passed < Rule.Skip)
            {
                passed++;
                return false;
            }

            if (Fired >= (Rule.Count ?? long.MaxValue) || chance.NextDouble() >= Rule.Probability)
            {
                return false;
            }

            Fired++;
            return true;
        }
    }
}
