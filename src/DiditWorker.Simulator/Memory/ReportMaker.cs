namespace DiditWorker.Simulator.Memory;

/// <summary>Works out the reports from sessions and log.</summary>
internal static class ReportMaker
{
    public static DuplicateReport Duplicates(IReadOnlyList<SimulatedSession> sessions) => new(
        sessions.Count,
        [.. Repeated(sessions, session => session.IdempotencyKey).Select(g => new KeyDuplicates(g.Key, g.Ids))],
        [.. Repeated(sessions, session => session.VendorData).Select(g => new VendorDuplicates(g.Key, g.Ids))]);

    public static SimulatorSummary Summary(IReadOnlyList<SimulatedSession> sessions, RequestLog log)
    {
        var (byStatus, byFault) = log.Counts();
        return new()
        {
            Sessions = sessions.Count,
            SessionsByStatus = sessions.CountBy(session => session.Status, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            Requests = byStatus.Values.Sum(),
            RequestsByOperation = byStatus.GroupBy(count => count.Key.Operation).ToDictionary(
                group => group.Key,
                IReadOnlyDictionary<int, long> (group) => group.ToDictionary(count => count.Key.Status, count => count.Value)),
            RequestsDropped = log.Dropped,
            FaultsFired = byFault,
        };
    }

    private static IEnumerable<(string Key, IReadOnlyList<string> Ids)> Repeated(
        IReadOnlyList<SimulatedSession> sessions, Func<SimulatedSession, string?> label) =>
        sessions.Where(session => label(session) is not null)
            .GroupBy(session => label(session)!, session => session.SessionId, StringComparer.Ordinal)
            .Where(made => made.Skip(1).Any())
            .Select(made => (made.Key, (IReadOnlyList<string>)[.. made]));
}
