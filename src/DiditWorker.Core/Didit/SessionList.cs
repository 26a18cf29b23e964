using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>Didit's list of the sessions of one <c>vendor_data</c>, all pages.</summary>
public sealed class SessionList(DiditClient client, DiditOptions options)
{
    private const int PageSize = 100;
    private const int MostPages = 50;
    private const int MostListings = 3;

    /// <summary>Every session of this <c>vendor_data</c>, newest first, all pages; each page is a read of its own.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer, or not with a list.</exception>
    public async Task<IReadOnlyList<FoundSession>> ReadAsync(string vendorData, DiditClient.Reader reader, CancellationToken cancellation)
    {
        for (var i = 0; i < MostListings; i++)
        {
            if (await ReadOnceAsync(vendorData, reader, cancellation) is { } found)
            {
                return found;
            }
        }

        throw new ReadFailedException("the list of sessions changes while it is read");
    }

    // Null: rows have moved up meanwhile, so one may have been shown on no page. Each page begins with the last row of the one before, by
    // which that is seen; rows that have moved down are shown twice.
    private async Task<List<FoundSession>?> ReadOnceAsync(string vendorData, DiditClient.Reader reader, CancellationToken cancellation)
    {
        var (found, seen) = (new List<FoundSession>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        var (offset, overlap) = (0, 0);
        for (var page = 0; page < MostPages; page++)
        {
            var (rows, hasNext) = await PageAsync(vendorData, offset, reader, cancellation);
            if (overlap > 0 && (rows.Count == 0 || !seen.Contains(NameOf(rows[0]))))
            {
                return null;
            }

            // The exact match is Didit's promise; a session of somebody else would be handed out, so it is checked.
            found.AddRange(rows
                .Where(row => seen.Add(NameOf(row)) && (row.Text("vendor_data") ?? vendorData) == vendorData)
                .Select(SessionReader.FromList));
            if (rows.Count == 0 || !hasNext)
            {
                return found;
            }

            overlap = rows.Count > 1 ? 1 : 0;
            offset += rows.Count - overlap;
        }

        throw new ReadFailedException($"the list of sessions has more than {MostPages} pages");
    }

    private async Task<(List<JsonElement> Rows, bool HasNext)> PageAsync(
        string vendorData, int offset, DiditClient.Reader reader, CancellationToken cancellation)
    {
        var query = string.Create(CultureInfo.InvariantCulture,
            $"{options.ListSessionsPath}?vendor_data={Uri.EscapeDataString(vendorData)}&limit={PageSize}&offset={offset}");
        var reply = await reader(token => client.GetAsync(query, "list", token), cancellation);
        return reply?.Member("results") is { ValueKind: JsonValueKind.Array } results
            ? (results.EnumerateArray().ToList(), reply?.Member("next") is { ValueKind: JsonValueKind.String })
            : throw new ReadFailedException("the list of sessions has no results member");
    }

    // A row that cannot be read is told from others by all of its bytes, which need not be UTF-8.
    private static string NameOf(JsonElement row) => SessionReader.FromList(row) is { HasId: true } session
        ? session.Id
        : Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8Value(row));
}
