using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>What it means that a session is in one of the two places and not in the other.</summary>
internal sealed class SessionVerdicts(
    AnsweredRecords records, ExcludedSessions excluded, RecordsBegin begin, DiditClient client, DiditPipeline pipeline, DiditOptions didit)
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

        if ((await excluded.ReadAsync(key)).Contains(session.Id))
        {
            found.Excluded++;
        }
        else if (await records.KnownAsync(key) is { IsUnreadable: false } known)
        {
            await JudgeAsync(session, key, known, found);
        }
    }

    /// <summary>Asks Didit for the session that a record names and the list did not show.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task AskForAsync(IdempotencyKey key, Discrepancies found, CancellationToken cancellation)
    {
        // It may have ended, or been forgotten, meanwhile.
        if ((await records.KnownAsync(key)).Answer is not { } session)
        {
            return;
        }

        if (await client.DecisionAsync(session.Id, pipeline.ReadAsync, cancellation) is null)
        {
            found.Add(new(DiscrepancyKind.Missing, session.Id, key) { Created = session.CreatedAt });
        }
        else
        {
            // Made before the period and handed back in it, or not shown to this API key.
            found.NotListed++;
        }
    }

    private async Task JudgeAsync(FoundSession session, IdempotencyKey key, KnownRecord known, Discrepancies found)
    {
        if (known.Answer is { } answer)
        {
            JudgeSecond(session, key, answer.Id, isAnswered: true, found);
        }
        else if (known.IsHeld)
        {
            found.UnderWay++;
        }
        else if (!_unanswered.TryAdd(key, session.Id))
        {
            JudgeSecond(session, key, _unanswered[key], isAnswered: false, found);
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

    private static void JudgeSecond(FoundSession session, IdempotencyKey key, string other, bool isAnswered, Discrepancies found)
    {
        if (string.Equals(other, session.Id, StringComparison.OrdinalIgnoreCase))
        {
            // Answered meanwhile.
            found.Answered++;
        }
        else
        {
            found.Add(Discrepancy.Of(DiscrepancyKind.SecondSession, session, key) with { Answer = other, IsAnswered = isAnswered });
        }
    }
}
