using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Reconcile;

/// <summary>
/// Compares what Didit lists with what the records say. The records are read first, then the list: only what differs is asked for one by
/// one. Nothing is changed.
/// </summary>
internal sealed class Reconciliation(
    AnsweredRecords records, ListedSessions listed, SessionVerdicts verdicts, DiditOptions didit, TimeProvider time)
{
    // A record has the worker's time of a session, which is a little later than Didit's.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    // Each costs a read. Where more are missing, a few show why.
    private const int MaxAskedFor = 1_000;

    private readonly SessionNames _named = new();

    /// <summary>Kinds that are listed; Didit lists each by itself.</summary>
    private IEnumerable<string> Kinds => didit.SessionKind switch
    {
        SessionKinds.User => [SessionList.Users],
        SessionKinds.Business => [SessionList.Businesses],
        _ => [SessionList.Users, SessionList.Businesses],
    };

    /// <summary>Reads the records, which comes first.</summary>
    /// <param name="found">Takes what it finds.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ReadRecordsAsync(Discrepancies found, CancellationToken cancellation)
    {
        await foreach (var (key, session) in records.ReadAsync(() => found.Unreadable++, cancellation))
        {
            _named.Add(key, session);
            verdicts.Workflows.Add(session.WorkflowId);
        }
    }

    /// <summary>About how many sessions Didit lists, for progress.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task<long> CountAsync(Period period, CancellationToken cancellation)
    {
        var count = 0L;
        foreach (var kind in Kinds)
        {
            await UnlessRefusedAsync(kind, async () => count += await listed.CountAsync(kind, period, cancellation));
        }

        return count;
    }

    /// <summary>Compares what Didit lists with the records that were read.</summary>
    /// <param name="period">Which sessions.</param>
    /// <param name="found">Takes what it finds.</param>
    /// <param name="done">Told how many more sessions were looked at.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task RunAsync(Period period, Discrepancies found, Action<int> done, CancellationToken cancellation)
    {
        foreach (var kind in Kinds)
        {
            found.BusinessNote = await UnlessRefusedAsync(kind, async () =>
            {
                await foreach (var session in listed.ReadAsync(kind, period.With(Margin), cancellation))
                {
                    await CompareAsync(session, period, found, cancellation);
                    done(1);
                }
            });
        }

        found.Answered += _named.In(period, listed: true).LongCount();
        await AskForMissingAsync([.. _named.In(period, listed: false)], found, cancellation);
    }

    private async Task CompareAsync(FoundSession session, Period period, Discrepancies found, CancellationToken cancellation)
    {
        var isNamed = _named.Tick(session.Id);
        if (!period.Holds(session.CreatedAt))
        {
            return;
        }

        found.Sessions++;
        var whole = isNamed ? session : await verdicts.WithKeyAsync(session, cancellation);
        if (isNamed || whole?.Key is not null)
        {
            NoteEnd(whole!, found);
        }

        if (!isNamed && whole is not null)
        {
            await verdicts.JudgeAsync(whole, found);
        }
    }

    private void NoteEnd(FoundSession session, Discrepancies found)
    {
        var left = session.CreatedAt + didit.SessionLifetime - time.GetUtcNow();
        if (session.IsUnfinished && left > TimeSpan.Zero && left < didit.SessionLifetime / 10)
        {
            found.Add(Discrepancy.Of(DiscrepancyKind.NearEnd, session, SessionVerdicts.KeyOf(session)));
        }
    }

    private async Task AskForMissingAsync(IReadOnlyList<IdempotencyKey> keys, Discrepancies found, CancellationToken cancellation)
    {
        found.NotAskedFor = Math.Max(0, keys.Count - MaxAskedFor);
        foreach (var key in keys.Take(MaxAskedFor))
        {
            await verdicts.AskForAsync(key, found, cancellation);
        }
    }

    // As for a look-up: an account without business verification may refuse the list of these sessions, which then are none.
    private async Task<string?> UnlessRefusedAsync(string kind, Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (ReadFailedException refused) when (
            kind == SessionList.Businesses && didit.SessionKind == SessionKinds.Any && BusinessList.IsRefusal(refused.Status))
        {
            return $"Didit refuses the list of business sessions ({refused.Status}), so it is taken that there are none.";
        }
    }
}
