using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Reconcile;

/// <summary>
/// The sessions that records name, by 128 bits of a hash of their ids: some 100 bytes each, however long Didit's ids are. So a million of
/// them take 100 MB.
/// </summary>
internal sealed class SessionNames
{
    private readonly Dictionary<UInt128, Named> _named = [];

    /// <summary>How many there are.</summary>
    public int Count => _named.Count;

    /// <summary>A record names this session.</summary>
    public void Add(IdempotencyKey key, DiditSession session) =>
        _named.TryAdd(Hash(session.Id), new() { Key = key, CreatedAt = session.CreatedAt });

    /// <summary>Didit lists this session.</summary>
    /// <returns>Whether a record names it.</returns>
    public bool Tick(string id)
    {
        ref var named = ref CollectionsMarshal.GetValueRefOrNullRef(_named, Hash(id));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref named))
        {
            return false;
        }

        named.IsListed = true;
        return true;
    }

    /// <summary>The keys of those in a period.</summary>
    /// <param name="period">As the worker noted when they were made.</param>
    /// <param name="listed">Those that Didit lists, or the others.</param>
    public IEnumerable<IdempotencyKey> In(Period period, bool listed) =>
        _named.Values.Where(named => named.IsListed == listed && period.Holds(named.CreatedAt)).Select(named => named.Key);

    private static UInt128 Hash(string id) =>
        MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes(id.ToLowerInvariant())));

    private struct Named
    {
        public IdempotencyKey Key;
        public DateTimeOffset CreatedAt;
        public bool IsListed;
    }
}
