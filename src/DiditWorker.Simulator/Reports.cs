namespace DiditWorker.Simulator;

/// <summary>One request to the Didit API, from its arrival on.</summary>
/// <param name="Sequence">Counts from 1 in order of arrival.</param>
/// <param name="At">When it arrived.</param>
/// <param name="Operation">What it asked for.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="IdempotencyKey">The header, or null.</param>
/// <param name="VendorData">vendor_data of the body, the query, or the session named; or null.</param>
/// <param name="Status">The status sent; 0 if none was, or not yet.</param>
/// <param name="Fault">The fault that took it, or null.</param>
/// <param name="SessionId">The one session it concerned, or null.</param>
/// <param name="Made">Whether it made a new session.</param>
/// <param name="Ended">When its answer was ready or its connection was aborted; null while it is under way.</param>
public sealed record LoggedRequest(
    long Sequence,
    DateTimeOffset At,
    DiditOperation Operation,
    string Method,
    string Path,
    string? IdempotencyKey,
    string? VendorData,
    int Status = 0,
    FaultKind? Fault = null,
    string? SessionId = null,
    bool Made = false,
    DateTimeOffset? Ended = null);

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
/// <param name="Sessions">All sessions ever made or seeded, the deleted ones included.</param>
/// <param name="SessionsByStatus">The same by status word.</param>
/// <param name="Requests">Requests to the Didit API.</param>
/// <param name="RequestsByOperation">The same by operation, then by status sent (0: none, or not yet).</param>
/// <param name="RequestsDropped">Requests no longer in the full log, though counted here.</param>
/// <param name="FaultsFired">Requests taken by a fault, by its kind.</param>
public sealed record SimulatorSummary(
    int Sessions,
    IReadOnlyDictionary<string, int> SessionsByStatus,
    long Requests,
    IReadOnlyDictionary<DiditOperation, IReadOnlyDictionary<int, long>> RequestsByOperation,
    long RequestsDropped,
    IReadOnlyDictionary<FaultKind, long> FaultsFired);
