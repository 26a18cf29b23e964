namespace DiditWorker.Protocol;

/// <summary>The id under which a message was first published.</summary>
public static class RequestId
{
    /// <summary>Longest request id, in characters: AMQP's <c>message_id</c> is a short string (AMQP 0-9-1, section 4.2.5.3).</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// A UUID, in any of the notations with or without hyphens and braces, becomes lower-case and hyphenated, since brokers and
    /// libraries rewrite it on the way. Anything else stays as it is, to the last blank.
    /// </summary>
    public static string Normalize(string requestId)
    {
        foreach (var format in (ReadOnlySpan<string>)["D", "N", "B"])
        {
            if (TryReadUuid(requestId, format, out var uuid))
            {
                return IsWritten(uuid, "D", requestId, StringComparison.Ordinal) ? requestId : uuid.ToString("D");
            }
        }

        return requestId;
    }

    /// <summary>
    /// Reads a UUID in exactly this format. .NET's parser also takes blanks around it, and "+" and "0x" within: other texts, other ids.
    /// </summary>
    public static bool TryReadUuid(string text, string format, out Guid uuid) =>
        Guid.TryParseExact(text, format, out uuid) && IsWritten(uuid, format, text, StringComparison.OrdinalIgnoreCase);

    private static bool IsWritten(Guid uuid, string format, string text, StringComparison comparison)
    {
        Span<char> written = stackalloc char[38];
        return uuid.TryFormat(written, out var length, format) && text.AsSpan().Equals(written[..length], comparison);
    }
}
