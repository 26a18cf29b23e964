using System.Collections.Concurrent;
using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>The keys of messages that wait since their record cannot be read: of a newer worker, of another key file, or damaged.</summary>
public sealed class UnreadableRecords(TimeProvider time)
{
    // Longer than a message waits between two claims. Beyond the number it does not matter any more how many there are.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<IdempotencyKey, long> _seen = new();

    /// <summary>A claim met the record of this key.</summary>
    /// <returns>Whether it is news.</returns>
    public bool Note(IdempotencyKey key)
    {
        Trim();
        var isNew = !_seen.ContainsKey(key);
        if (_seen.Count < MaxEntries || !isNew)
        {
            _seen[key] = time.GetTimestamp();
        }

        return isNew;
    }

    /// <summary>How many were met in the last 30 seconds.</summary>
    public int Count()
    {
        Trim();
        return _seen.Count;
    }

    private void Trim()
    {
        foreach (var old in _seen.Where(seen => time.GetElapsedTime(seen.Value) > Lately))
        {
            _seen.TryRemove(old);
        }
    }
}
