using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>What is wrong with one message, or with none in particular.</summary>
internal sealed record Violation(string? RequestId, string? VendorData, string What);

/// <summary>Compares what was published, what Didit made, what was answered and what is left in the queues.</summary>
internal sealed class Checker(
    Ledger ledger, SimulatorProcess didit, History history, IReadOnlyList<Replica> replicas, StrangeTraffic strange,
    string brokerConnectionString)
{
    public async Task<IReadOnlyList<Violation>> RunAsync()
    {
        var entries = ledger.Entries;
        var violations = new List<Violation>();
        Sessions(entries, await didit.SessionsAsync(), violations);
        var duplicates = await didit.DuplicatesAsync();
        violations.AddRange(
            duplicates.PerKey.Select(d => new Violation(null, null, $"key {d.Key} has sessions {string.Join(", ", d.Sessions)}")));
        foreach (var entry in entries)
        {
            violations.AddRange(Answers(entry).Select(what => new Violation(entry.Message.RequestId, entry.Message.VendorData, what)));
        }

        violations.AddRange(
            ledger.Strangers.Select(answer => new Violation(null, null, "answer to nothing that was published: " + answer)));
        var names = entries.Where(e => e.First is not null).Select(e => e.First!.MessageId).Distinct(StringComparer.Ordinal).Count();
        Require(names == entries.Count, $"{entries.Count} messages have {names} distinct answers", violations);
        var left = await Connections.DepthAsync(brokerConnectionString, CampaignWorld.Queue);
        Require(left == 0, $"{left} messages are left in the queue", violations);
        await ParkedAsync(violations);

        violations.AddRange(replicas.SelectMany(r => r.BadEnds).Select(end => new Violation(null, null, end)));
        return violations;
    }

    // What is strange, each at least once, and nothing else.
    private async Task ParkedAsync(List<Violation> violations)
    {
        var missing = strange.Taken.ToHashSet(StringComparer.Ordinal);
        foreach (var queue in (string[])[CampaignWorld.Queue + "_error", CampaignWorld.Queue + "_skipped"])
        {
            foreach (var (id, why) in await Connections.ParkedAsync(brokerConnectionString, queue))
            {
                missing.Remove(id ?? "");
                history.Count($"in {queue}");
                Require(id?.StartsWith(StrangeTraffic.Prefix, StringComparison.Ordinal) == true, why, violations);
            }
        }

        violations.AddRange(missing.Select(id => new Violation(id, null, "strange, and gone")));
    }

    private void Sessions(IReadOnlyList<Entry> entries, IReadOnlyList<SimulatedSession> sessions, List<Violation> violations)
    {
        var made = sessions.ToLookup(session => session.VendorData ?? "", StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var mine = made[entry.Message.VendorData].ToList();
            void Wrong(string what) => violations.Add(new(entry.Message.RequestId, entry.Message.VendorData, what));
            if (mine.Count != 1)
            {
                history.Count(mine.Count == 0 ? "LOST (no session)" : "DUPLICATES (more than one session)");
                Wrong($"{mine.Count} sessions: {string.Join(", ", mine.Select(s => $"{s.SessionId} at {s.CreatedAt:O}"))}");
            }
            else if (mine[0].IdempotencyKey != entry.Message.Key)
            {
                Wrong($"its session was made under {mine[0].IdempotencyKey} in place of {entry.Message.Key}");
            }

            if (entry.First?.SessionId is { } answered && mine.TrueForAll(s => s.SessionId != answered))
            {
                Wrong($"it was answered with {answered}, which Didit did not make for it");
            }
        }

        var known = entries.Select(e => e.Message.VendorData).ToHashSet(StringComparer.Ordinal);
        violations.AddRange(made.Where(g => !known.Contains(g.Key)).Select(g => new Violation(null, g.Key, "sessions for nobody")));
    }

    private IEnumerable<string> Answers(Entry entry)
    {
        if (entry.Answers == 0)
        {
            history.Count("UNANSWERED messages");
        }

        if (entry.Answers < entry.Confirmed || entry.Answers == 0)
        {
            yield return $"{entry.Answers} answers to {entry.Confirmed} deliveries";
        }

        if (entry.OtherBodies > 0)
        {
            yield return $"{entry.OtherBodies} answers have another body than the first, though its record was not lost";
        }

        foreach (var contradiction in entry.Contradictions)
        {
            yield return $"it was answered with {entry.First?.SessionId}, and otherwise: {contradiction}";
        }
    }

    private static void Require(bool holds, string otherwise, List<Violation> violations)
    {
        if (!holds)
        {
            violations.Add(new(null, null, otherwise));
        }
    }
}
