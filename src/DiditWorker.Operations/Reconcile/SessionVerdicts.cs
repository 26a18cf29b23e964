using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>What it means that a session is in one of the two places and not in the other.</summary>
internal sealed class SessionVerdicts(
    IdempotencyStore store, ExcludedSessions excluded, RecordsBegin begin, DiditClient client, DiditPipeline pipeline, DiditOptions didit)
{
    private readonly Dictionary<IdempotencyKey, string> _unanswered = [];

    /// <summary>Our workflows: that of the settings, and those that records name.</summary>
    public ISet<string> Workflows { get; } =
        new HashSet<string>(didit.WorkflowId is { } own ? [own] : [], StringComparer.OrdinalIgnoreCase);

    /// <summary>The key that a session carries; null if it carries none of a worker.</summary>
    public static IdempotencyKey? KeyOf(FoundSession session) =>
        Guid.TryParseExact(session.Key, "D", out var key) ? new IdempotencyKey(key) : null;

    /// <summary>Filled up with its key, where the list does not carry metadata and it may be ours; null if it is gone.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task<FoundSession?> WithKeyAsync(FoundSession session, CancellationToken cancellation)
    {
        if (session.MetadataKnown || !session.HasId || (session.WorkflowId is { } workflow && !Workflows.Contains(workflow)))
        {
            return session;
        }

        return await client.DecisionAsync(session.Id, pipeline.ReadAsync, cancellation) is { } decision ? session.With(decision) : null;
    }

    /// <summary>Judges a session that no record named when they were read.</summary>
    public async Task JudgeAsync(FoundSession session, Discrepancies found)
    {
        if (KeyOf(session) is not { } key)
        {
            if (session.WorkflowId is { } workflow && Workflows.Contains(workflow))
            {
                found.Add(Discrepancy.Of(DiscrepancyKind.WithoutKey, session, key: null));
            }

            return;
        }

        var memory = await MemoryAsync(key, found);
        if (memory?.Record is { State: RecordState.Completed } record)
        {
            await JudgeSecondAsync(session, key, DiditSession.FromPayload(record.Payload).Id, isAnswered: true, found);
        }
        else if (memory is { Owned: false, Record.State: RecordState.InProgress })
        {
            found.UnderWay++;
        }
        else if (!_unanswered.TryAdd(key, session.Id))
        {
            await JudgeSecondAsync(session, key, _unanswered[key], isAnswered: false, found);
        }
        else if (session.CreatedAt < await begin.GetAsync())
        {
            found.BeforeRecords++;
        }
        else
        {
            found.Add(Discrepancy.Of(DiscrepancyKind.Orphan, session, key));
        }
    }

    /// <summary>Asks Didit for the session that a record names and the list did not show.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task AskForAsync(IdempotencyKey key, Period period, Discrepancies found, CancellationToken cancellation)
    {
        // It may have ended, or been forgotten, meanwhile.
        if ((await MemoryAsync(key, found))?.Record is not { State: RecordState.Completed } record)
        {
            return;
        }

        var session = DiditSession.FromPayload(record.Payload);
        if (await client.DecisionAsync(session.Id, pipeline.ReadAsync, cancellation) is null)
        {
            found.Add(new(DiscrepancyKind.Missing, session.Id, key) { Created = session.CreatedAt });
        }
        else if (period.Holds(session.CreatedAt))
        {
            // Made before the period and handed back in it, or not shown to this key.
            found.NotListed++;
        }
    }

    private async Task JudgeSecondAsync(FoundSession session, IdempotencyKey key, string other, bool isAnswered, Discrepancies found)
    {
        if (string.Equals(other, session.Id, StringComparison.OrdinalIgnoreCase))
        {
            // Answered meanwhile.
            found.Answered++;
        }
        else if ((await excluded.ReadAsync(key)).Contains(session.Id))
        {
            found.Excluded++;
        }
        else
        {
            found.Add(Discrepancy.Of(DiscrepancyKind.SecondSession, session, key) with { Answer = other, IsAnswered = isAnswered });
        }
    }

    private async Task<Memory?> MemoryAsync(IdempotencyKey key, Discrepancies found)
    {
        try
        {
            return (await store.PeekAsync(key)).Memory;
        }
        catch (Exception exception) when (IdempotencyStore.IsUnreadable(exception))
        {
            found.Unreadable++;
            return null;
        }
    }
}
