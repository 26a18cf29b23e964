namespace DiditWorker.Idempotency;

/// <summary>The id under which a message was first published.</summary>
public static class RequestId
{
    /// <summary>Longest request id, in characters: AMQP's <c>message_id</c> is a short string (AMQP 0-9-1, section 4.2.5.3).</summary>
    public const int MaximumLength = 255;

    /// <summary>
    /// A UUID, in any of the notations with or without hyphens and braces, becomes lower-case and hyphenated, since brokers and
    /// libraries rewrite it on the way. Anything else stays as it is, to the last blank.
    /// </summary>
    public static string Normalize(string requestId)
    {
        foreach (var format in (ReadOnlySpan<string>)["D", "N", "B"])
        {
            if (Guid.TryParseExact(requestId, format, out var uuid) && IsPlain(requestId))
            {
                return uuid.ToString("D");
            }
        }

        return requestId;
    }

    // TryParseExact trims white space, and " x" and "x" are different ids.
    private static bool IsPlain(string text) => !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]);
}
