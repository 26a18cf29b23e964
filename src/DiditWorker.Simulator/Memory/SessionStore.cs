using System.Security.Cryptography;
using System.Text.Json;

namespace DiditWorker.Simulator.Memory;

/// <summary>What a create asks for, once its body is known to be sound.</summary>
internal sealed record SessionOrder
{
    /// <summary>Which workflow.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>Whose session.</summary>
    public string? VendorData { get; init; }

    /// <summary>Where the browser goes afterwards.</summary>
    public string? Callback { get; init; }

    /// <summary>What is kept with it.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The header of the request.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>When the request arrived; null for one that is seeded.</summary>
    public DateTimeOffset? Arrived { get; init; }
}

/// <summary>The sessions, and Didit's rule of giving an unfinished one back.</summary>
internal sealed class SessionStore
{
    private readonly Lock _gate = new();
    private readonly List<string> _order = [];
    private readonly Dictionary<string, SimulatedSession> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _byVendorData = new(StringComparer.Ordinal);

    public (SimulatedSession Session, bool Made) MakeOrReuse(SessionOrder order, SimulatorSettings settings, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (settings.ReuseByVendorData && Unfinished(order, settings, now) is { } found)
            {
                var reused = found.AnsweredTo(order.IdempotencyKey) with
                {
                    Callback = order.Callback,
                    Metadata = settings.OverwriteMetadata ? order.Metadata : found.Metadata,
                };
                return (_byId[reused.SessionId] = reused, false);
            }

            var session = New(order, Guid.NewGuid().ToString(), now, settings);
            Add(session);
            return (session, true);
        }
    }

    public SimulatedSession Seed(SessionSeed seed, SimulatorSettings settings, DateTimeOffset now)
    {
        var metadata = seed.Metadata is { ValueKind: JsonValueKind.Object } given ? given.Clone() : (JsonElement?)null;
        var wanted = new SessionOrder
        {
            WorkflowId = Guid.Parse(seed.WorkflowId).ToString(),
            VendorData = seed.VendorData,
            Metadata = metadata,
            IdempotencyKey = seed.IdempotencyKey,
        };
        var id = (seed.SessionId is null ? Guid.NewGuid() : Guid.Parse(seed.SessionId)).ToString();
        lock (_gate)
        {
            if (_byId.ContainsKey(id))
            {
                throw InvalidInputException.For("sessionId", "is already in use");
            }

            var session = New(wanted, id, seed.CreatedAt ?? now, settings) with
            {
                Status = seed.Status,
                Seeded = true,
                WorkflowVersion = seed.WorkflowVersion ?? settings.WorkflowVersion,
            };
            Add(session);
            return session.At(now);
        }
    }

    public SimulatedSession? Find(string id, DateTimeOffset now)
    {
        lock (_gate)
        {
            return _byId.TryGetValue(id, out var session) && !session.Deleted ? session.At(now) : null;
        }
    }

    public SimulatedSession? Change(string id, Func<SimulatedSession, SimulatedSession> change)
    {
        lock (_gate)
        {
            return _byId.TryGetValue(id, out var session) && !session.Deleted ? _byId[id] = change(session) : null;
        }
    }

    public IReadOnlyList<SimulatedSession> All(DateTimeOffset now) => Select(_order, now);

    public IReadOnlyList<SimulatedSession> Of(string vendorData, DateTimeOffset now)
    {
        lock (_gate)
        {
            return _byVendorData.TryGetValue(vendorData, out var ids) ? Select(ids, now) : [];
        }
    }

    private List<SimulatedSession> Select(List<string> ids, DateTimeOffset now)
    {
        lock (_gate)
        {
            return ids.ConvertAll(id => _byId[id].At(now));
        }
    }

    private SimulatedSession? Unfinished(SessionOrder wanted, SimulatorSettings settings, DateTimeOffset now) =>
        wanted.VendorData is null ? null : Of(wanted.VendorData, now).LastOrDefault(session =>
            !session.Deleted
            && (settings.ReuseConcurrent || session.CreatedAt < wanted.Arrived)
            && session.HasUrl(settings, now)
            && session.WorkflowVersion == settings.WorkflowVersion
            && SessionStatus.IsUnfinished(session.Status)
            && string.Equals(session.WorkflowId, wanted.WorkflowId, StringComparison.Ordinal));

    private SimulatedSession New(SessionOrder wanted, string id, DateTimeOffset now, SimulatorSettings settings) => new SimulatedSession
    {
        SessionId = id,
        SessionNumber = _order.Count + 1,
        SessionToken = RandomNumberGenerator.GetHexString(24, lowercase: true),
        VendorData = wanted.VendorData,
        WorkflowId = wanted.WorkflowId,
        WorkflowVersion = settings.WorkflowVersion,
        SessionKind = settings.IsBusiness(wanted.WorkflowId) ? SessionKind.Business : SessionKind.User,
        Metadata = wanted.Metadata,
        Callback = wanted.Callback,
        CreatedAt = now,
        ExpiresAt = now + settings.SessionLifetime,
        IdempotencyKey = wanted.IdempotencyKey,
    }.AnsweredTo(wanted.IdempotencyKey);

    private void Add(SimulatedSession session)
    {
        _order.Add(session.SessionId);
        _byId.Add(session.SessionId, session);
        if (session.VendorData is { } vendorData)
        {
            if (!_byVendorData.TryGetValue(vendorData, out var ids))
            {
                _byVendorData.Add(vendorData, ids = []);
            }

            ids.Add(session.SessionId);
        }
    }
}
