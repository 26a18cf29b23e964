using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Reconcile;

/// <summary>
/// Didit's list of all sessions that were made in a period, one page at a time, within the rate for reads. Pages are counted from the
/// newest session, so they shift while sessions are made and deleted: each is joined to the one before by Didit's numbers, which fall.
/// </summary>
internal sealed class ListedSessions(DiditClient client, DiditOptions options, DiditPipeline pipeline)
{
    private const int PageSize = 100;
    private const int MaxStepsBack = 20;

    /// <summary>How many there are about, for progress; Didit counts at most 100 business sessions.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer, or not with a list.</exception>
    public async Task<long> CountAsync(string kind, Period period, CancellationToken cancellation) =>
        (await PageAsync(kind, period, (0, 1), cancellation)).Count;

    /// <summary>Each of them once, and some from shortly before and after.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer, or not with a list.</exception>
    public async IAsyncEnumerable<FoundSession> ReadAsync(
        string kind, Period period, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (offset, back) = (0, 0);
        FoundSession? last = null;
        while (true)
        {
            var (rows, hasNext, _) = await PageAsync(kind, period, (offset, PageSize), cancellation);
            if (Next(rows, last, offset) is not { } fresh)
            {
                back = back < MaxStepsBack && offset > 0 ? back + 1
                    : throw new ReadFailedException("the list of sessions changes while it is read");
                offset = Math.Max(0, offset - PageSize);
                continue;
            }

            foreach (var session in fresh)
            {
                yield return session;
            }

            if (rows.Count == 0 || !hasNext)
            {
                yield break;
            }

            (last, back) = (fresh.Count > 0 ? fresh[^1] : last, 0);
            offset += Math.Max(rows.Count - 1, 1);
        }
    }

    // Those that come after the last one that was shown. Null: rows have moved up, and one may have been shown on no page.
    private static IReadOnlyList<FoundSession>? Next(IReadOnlyList<FoundSession> rows, FoundSession? last, int offset)
    {
        if (last is null)
        {
            return rows;
        }

        for (var i = rows.Count - 1; i >= 0; i--)
        {
            if (rows[i].Id == last.Id)
            {
                return [.. rows.Skip(i + 1)];
            }
        }

        // The last one was deleted, or is on a later page.
        return rows.Count == 0 ? (offset == 0 ? rows : null)
            : rows[0].Number is { } first && last.Number is { } shown && (offset == 0 || first >= shown)
                ? [.. rows.Where(row => row.Number < shown)]
            : null;
    }

    // Days, since no page of Didit's says how it reads a time of day; and a day more, since none says whether the last one belongs to it.
    private async Task<(IReadOnlyList<FoundSession> Rows, bool HasNext, long Count)> PageAsync(
        string kind, Period period, (int Offset, int Limit) page, CancellationToken cancellation)
    {
        var query = string.Create(CultureInfo.InvariantCulture,
            $"{options.ListSessionsPath}?session_kind={kind}&date_from={period.Since.UtcDateTime:yyyy-MM-dd}"
                + $"&date_to={period.Until.UtcDateTime.AddDays(1):yyyy-MM-dd}&limit={page.Limit}&offset={page.Offset}");
        var reply = await pipeline.ReadAsync(token => client.GetAsync(query, "list", token), cancellation);
        if (reply?.Member("results") is not { ValueKind: JsonValueKind.Array } results)
        {
            throw new ReadFailedException("the list of sessions has no results member");
        }

        return (
            [.. results.EnumerateArray().Select(SessionReader.FromList)],
            reply?.Member("next") is { ValueKind: JsonValueKind.String }, reply?.Number("count") ?? 0);
    }
}
