namespace DiditWorker.Simulator;

/// <summary>One request to the Didit API, from its arrival on.</summary>
public sealed record LoggedRequest
{
    /// <summary>Counts from 1 in order of arrival; 0 before it is logged.</summary>
    public long Sequence { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it asked for.</summary>
    public required DiditOperation Operation { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Path without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The header, or null.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>vendor_data of the body, the query, or the session named; or null.</summary>
    public string? VendorData { get; init; }

    /// <summary>The status sent; 0 if none was, or not yet.</summary>
    public int Status { get; init; }

    /// <summary>The fault that took it, or null.</summary>
    public FaultKind? Fault { get; init; }

    /// <summary>The one session it concerned, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>Whether it made a new session.</summary>
    public bool Made { get; init; }

    /// <summary>When its answer was ready or its connection was aborted; null while it is under way.</summary>
    public DateTimeOffset? Ended { get; init; }
}

/// <summary>A scripted fault and what became of it.</summary>
/// <param name="Id">The id given by <see cref="SimulatorState.AddFault"/>.</param>
/// <param name="Fired">How often it took a request.</param>
/// <param name="Rule">The fault.</param>
public sealed record FaultReport(long Id, long Fired, FaultRule Rule);

/// <summary>Keys and vendor_data for which more than one session was made; what a correct client leaves empty.</summary>
/// <param name="Sessions">All sessions ever made or seeded, the deleted ones included.</param>
/// <param name="PerKey">Keys under which more than one was made, by the key of the request that made it.</param>
/// <param name="PerVendorData">vendor_data for which more than one was made.</param>
public sealed record DuplicateReport(int Sessions, IReadOnlyList<KeyDuplicates> PerKey, IReadOnlyList<VendorDuplicates> PerVendorData);

/// <summary>The sessions made under one key.</summary>
/// <param name="Key">The <c>Idempotency-Key</c>.</param>
/// <param name="Sessions">Their ids, oldest first.</param>
public sealed record KeyDuplicates(string Key, IReadOnlyList<string> Sessions);

/// <summary>The sessions made for one vendor_data.</summary>
/// <param name="VendorData">The vendor_data.</param>
/// <param name="Sessions">Their ids, oldest first.</param>
public sealed record VendorDuplicates(string VendorData, IReadOnlyList<string> Sessions);

/// <summary>Counts since the start or the last reset; a cleared request log starts its counts again, a full one does not.</summary>
public sealed record SimulatorSummary
{
    /// <summary>All sessions ever made or seeded, the deleted ones included.</summary>
    public required int Sessions { get; init; }

    /// <summary>The same by status word.</summary>
    public required IReadOnlyDictionary<string, int> SessionsByStatus { get; init; }

    /// <summary>Requests to the Didit API.</summary>
    public required long Requests { get; init; }

    /// <summary>The same by operation, then by status sent (0: none, or not yet).</summary>
    public required IReadOnlyDictionary<DiditOperation, IReadOnlyDictionary<int, long>> RequestsByOperation { get; init; }

    /// <summary>Requests no longer in the full log, though counted here.</summary>
    public required long RequestsDropped { get; init; }

    /// <summary>Requests taken by a fault, by its kind.</summary>
    public required IReadOnlyDictionary<FaultKind, long> FaultsFired { get; init; }
}
