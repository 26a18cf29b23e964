using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>
/// Didit's list of the sessions of one <c>vendor_data</c>: all pages, of the kinds that <see cref="DiditOptions.SessionKind"/> says.
/// </summary>
public sealed class SessionList(DiditClient client, DiditOptions options, BusinessList business)
{
    internal const string Users = "user";
    internal const string Businesses = "business";
    private const int PageSize = 100;
    private const int MaxPages = 50;
    private const int MaxListings = 3;

    /// <summary>Every session of this <c>vendor_data</c>, each once, the newest of a kind first. Each page is a read of its own.</summary>
    /// <exception cref="ReadFailedException">Didit did not answer, or not with a list.</exception>
    public async Task<IReadOnlyList<FoundSession>> ReadAsync(string vendorData, DiditClient.Reader reader, CancellationToken cancellation)
    {
        var request = new Request(vendorData, reader, MayBeRefused: false, cancellation);
        var rows = options.SessionKind switch
        {
            SessionKinds.User => await AllPagesAsync(Users, request),
            SessionKinds.Business => await AllPagesAsync(Businesses, request),
            _ => await BothAsync(request),
        };
        return [.. rows.Select(row => row.Session)];
    }

    // A refusal counts once it has come twice with the other list shown between: what refuses one list may be about to refuse everything.
    private async Task<List<Row>> BothAsync(Request request)
    {
        var users = await AllPagesAsync(Users, request);
        using var turn = await business.TurnAsync(request.Cancellation);
        if (!business.IsToBeAsked())
        {
            return users;
        }

        for (var again = false; ; again = true)
        {
            try
            {
                var businesses = await AllPagesAsync(Businesses, request with { MayBeRefused = true });
                return [.. users.Concat(businesses).DistinctBy(row => row.Name, StringComparer.OrdinalIgnoreCase)];
            }
            catch (RefusedException) when (!again)
            {
                users = await AllPagesAsync(Users, request);
            }
            catch (RefusedException refused)
            {
                business.Refused(refused.Status);
                return users;
            }
        }
    }

    private async Task<List<Row>> AllPagesAsync(string kind, Request request)
    {
        for (var i = 0; i < MaxListings; i++)
        {
            if (await OnceAsync(kind, request) is { } found)
            {
                return found;
            }
        }

        throw new ReadFailedException("the list of sessions changes while it is read");
    }

    // Null: rows have moved up meanwhile, so one may have been shown on no page. Each page begins with the last row of the one before, by
    // which that is seen; rows that have moved down are shown twice.
    private async Task<List<Row>?> OnceAsync(string kind, Request request)
    {
        var (found, seen) = (new List<Row>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        var (offset, overlap) = (0, 0);
        for (var page = 0; page < MaxPages; page++)
        {
            var (rows, hasNext) = await PageAsync(kind, offset, request);
            if (overlap > 0 && (rows.Count == 0 || !seen.Contains(NameOf(rows[0]))))
            {
                return null;
            }

            // The exact match is Didit's promise; a session of somebody else would be handed out, so it is checked.
            found.AddRange(rows
                .Where(row => seen.Add(NameOf(row)) && (row.Text("vendor_data") ?? request.VendorData) == request.VendorData)
                .Select(row => new Row(NameOf(row), SessionReader.FromList(row))));
            if (rows.Count == 0 || !hasNext)
            {
                return found;
            }

            overlap = rows.Count > 1 ? 1 : 0;
            offset += rows.Count - overlap;
        }

        throw new ReadFailedException($"the list of sessions has more than {MaxPages} pages");
    }

    private async Task<(List<JsonElement> Rows, bool HasNext)> PageAsync(string kind, int offset, Request request)
    {
        var query = string.Create(CultureInfo.InvariantCulture,
            $"{options.ListSessionsPath}?vendor_data={Uri.EscapeDataString(request.VendorData)}"
            + $"&session_kind={kind}&limit={PageSize}&offset={offset}");
        var refused = 0;
        var reply = await request.Reader(
            async token =>
            {
                try
                {
                    return await client.GetAsync(query, "list", token)
                        ?? throw new ReadFailedException(new DiditReply(ReplyKind.Strange, "list: 404") { Status = 404 });
                }
                catch (ReadFailedException exception) when (request.MayBeRefused && BusinessList.IsRefusal(exception.Status))
                {
                    // No failed read: whether it is one is decided below, and it must not open the circuit or be repeated.
                    refused = exception.Status;
                    return null;
                }
            },
            request.Cancellation);
        if (refused > 0)
        {
            throw business.MayMeanNone()
                ? new RefusedException(refused)
                : new ReadFailedException(new DiditReply(
                    ReplyKind.Strange, $"list of business sessions: {refused}, and it was shown before")
                { Status = refused });
        }

        if (reply?.Member("results") is not { ValueKind: JsonValueKind.Array } results)
        {
            throw new ReadFailedException(new DiditReply(ReplyKind.Strange, "the list of sessions has no results member") { Status = 200 });
        }

        if (kind == Businesses)
        {
            business.Shown();
        }

        return (results.EnumerateArray().ToList(), reply?.Member("next") is { ValueKind: JsonValueKind.String });
    }

    // A row that cannot be read is told from others by all of its bytes, which need not be UTF-8.
    private static string NameOf(JsonElement row) => SessionReader.FromList(row) is { HasId: true } session
        ? session.Id
        : Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8Value(row));

    private sealed record Request(string VendorData, DiditClient.Reader Reader, bool MayBeRefused, CancellationToken Cancellation)
    {
        public override string ToString() => nameof(Request);
    }

    private readonly record struct Row(string Name, FoundSession Session);

    private sealed class RefusedException(int status) : Exception
    {
        public int Status { get; } = status;
    }
}
