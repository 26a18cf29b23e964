using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace DiditWorker.Protocol;

/// <summary>
/// The compact form of a session: <c>id|number|url|status|workflow|created</c>. Each has a short form for what is usual; anything else
/// stands as it is after <c>=</c>, with <c>~0</c> for <c>~</c> and <c>~1</c> for <c>|</c>. So any session comes back exactly, and the whole
/// is never taken for JSON or for something encrypted, since it begins with <c>=</c> or 22 characters of base64url.
/// </summary>
/// <remarks>
/// Records that are read for days have this form: a change of it, a new letter for a status too, needs a new version of the record.
/// </remarks>
internal static class SessionPayload
{
    private const char Separator = '|';
    private const int Fields = 6;
    private const char Literal = '=';
    private const char UsualUrlMark = '/';
    private const string UsualUrl = "https://verify.didit.me/session/";
    private const int UuidSize = 16;
    private const int UuidLength = 22;

    private static readonly (string Letter, string Status)[] Statuses =
    [
        ("N", "Not Started"), ("P", "In Progress"), ("S", "Resubmitted"), ("U", "Awaiting User"), ("A", "Approved"),
        ("D", "Declined"), ("R", "In Review"), ("E", "Expired"), ("B", "Abandoned"),
    ];

    public static string Write(DiditSession session) => string.Join(Separator, Id(session.Id),
        session.Number?.ToString(CultureInfo.InvariantCulture), Url(session.Url), Status(session.Status), Id(session.WorkflowId),
        Time(session.CreatedAt));

    /// <exception cref="FormatException">It is damaged. The message does not quote it: it holds a secret.</exception>
    public static DiditSession Read(string payload) => payload.Split(Separator) is { Length: Fields } fields
        ? new()
        {
            Id = IdIn(fields[0]),
            Number = NumberIn(fields[1]),
            Url = UrlIn(fields[2]),
            Status = StatusIn(fields[3]),
            WorkflowId = IdIn(fields[4]),
            CreatedAt = TimeIn(fields[5]),
        }
        : throw Damaged("number of fields");

    private static string Id(string id)
    {
        if (!Guid.TryParseExact(id, "D", out var uuid) || uuid.ToString("D") != id)
        {
            return Escaped(id);
        }

        Span<byte> bytes = stackalloc byte[UuidSize];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    private static string IdIn(string field)
    {
        if (LiteralIn(field) is { } text)
        {
            return text;
        }

        Span<byte> bytes = stackalloc byte[UuidSize];
        return field.Length == UuidLength
            && Base64Url.DecodeFromChars(field, bytes, out _, out var written) == OperationStatus.Done && written == UuidSize
            ? new Guid(bytes, bigEndian: true).ToString("D")
            : throw Damaged("id");
    }

    private static long? NumberIn(string field) => field.Length == 0 ? null
        : long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw Damaged("number");

    private static string Url(string url) => url.StartsWith(UsualUrl, StringComparison.Ordinal)
        ? UsualUrlMark + WithoutSeparators(url[UsualUrl.Length..])
        : Escaped(url);

    private static string UrlIn(string field) => LiteralIn(field)
        ?? (field.StartsWith(UsualUrlMark) ? UsualUrl + WithSeparators(field[1..]) : throw Damaged("url"));

    private static string Status(string status) => Array.Find(Statuses, s => s.Status == status).Letter ?? Escaped(status);

    private static string StatusIn(string field) =>
        LiteralIn(field) ?? Array.Find(Statuses, s => s.Letter == field).Status ?? throw Damaged("status");

    // To the tick (100 ns), as the first answer was published: every repeat has the same bytes.
    private static string Time(DateTimeOffset time) => time.Offset == TimeSpan.Zero
        ? time.Ticks.ToString("x", CultureInfo.InvariantCulture)
        : Escaped(time.ToString("O", CultureInfo.InvariantCulture));

    private static DateTimeOffset TimeIn(string field) => LiteralIn(field) is { } text
        ? DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
        : throw Damaged("time")
        : long.TryParse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new(ticks, TimeSpan.Zero)
            : throw Damaged("time");

    private static string Escaped(string text) => Literal + WithoutSeparators(text);

    private static string? LiteralIn(string field) => field.StartsWith(Literal) ? WithSeparators(field[1..]) : null;

    private static string WithoutSeparators(string text) =>
        text.Replace("~", "~0", StringComparison.Ordinal).Replace("|", "~1", StringComparison.Ordinal);

    private static string WithSeparators(string text) =>
        text.Replace("~1", "|", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static FormatException Damaged(string what) => new($"The stored answer is damaged: {what}.");
}
