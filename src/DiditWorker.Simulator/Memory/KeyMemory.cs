namespace DiditWorker.Simulator.Memory;

/// <summary>One honoured key. <see cref="Session"/> stays null while its first request is in progress.</summary>
internal sealed class KeyEntry(byte[] bodyHash, DateTimeOffset firstUse)
{
    public byte[] BodyHash { get; } = bodyHash;

    public DateTimeOffset FirstUse { get; } = firstUse;

    public SimulatedSession? Session { get; set; }

    public int Repeats { get; set; }
}

/// <summary>What to do with a create that carries a key: exactly one of the three is set.</summary>
internal readonly record struct KeyVerdict(KeyEntry? First, SimulatedSession? Original, string? Conflict);

/// <summary>The <c>Idempotency-Key</c>s that the simulated Didit remembers while it honours them.</summary>
internal sealed class KeyMemory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KeyEntry> _entries = new(StringComparer.Ordinal);

    public KeyVerdict Begin(string key, byte[] bodyHash, SimulatorSettings settings, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry) && now - entry.FirstUse < settings.HeaderWindow)
            {
                return Repeat(entry, bodyHash, settings);
            }

            return new KeyVerdict(_entries[key] = new KeyEntry(bodyHash, now), null, null);
        }
    }

    public void Complete(KeyEntry entry, SimulatedSession session)
    {
        lock (_gate)
        {
            entry.Session = session;
        }
    }

    private static KeyVerdict Repeat(KeyEntry entry, byte[] bodyHash, SimulatorSettings settings)
    {
        if (settings.OtherBody == RepeatReply.Conflict && !entry.BodyHash.AsSpan().SequenceEqual(bodyHash))
        {
            return Conflict("This Idempotency-Key was used with another request body.");
        }

        if (entry.Session is null)
        {
            return Conflict("A request with this Idempotency-Key is still being processed.");
        }

        entry.Repeats++;
        return settings.RepeatReply == RepeatReply.Conflict || entry.Repeats <= settings.ConflictCount
            ? Conflict("A request with this Idempotency-Key was already processed.")
            : new KeyVerdict(null, entry.Session, null);
    }

    private static KeyVerdict Conflict(string detail) => new(null, null, detail);
}
