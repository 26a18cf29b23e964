namespace DiditWorker.Verification;

/// <summary>What the properties of a message say its body is.</summary>
internal enum DeclaredContent
{
    /// <summary>They do not say; the body is looked at.</summary>
    Nothing,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>MassTransit's envelope.</summary>
    Envelope,
}

/// <summary>Reads <c>content_type</c> and <c>content_encoding</c>.</summary>
internal static class ContentProperties
{
    private const int MaxShownLength = 20;

    /// <summary>Reads both.</summary>
    /// <exception cref="InvalidMessageException">The worker does not read what they name; the text says what to publish.</exception>
    public static DeclaredContent Read(string? contentType, string? contentEncoding)
    {
        if (contentEncoding?.Trim().ToLowerInvariant() is not (null or "" or "identity" or "utf-8" or "utf8"))
        {
            throw new InvalidMessageException(
                $"content_encoding: {Shown(contentEncoding!)}is not read; "
                + "publish the body uncompressed, in UTF-8, and without a content_encoding or with utf-8");
        }

        if (string.IsNullOrWhiteSpace(contentType))
        {
            return DeclaredContent.Nothing;
        }

        var parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        foreach (var parameter in parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)))
        {
            // ASCII is UTF-8.
            if (parameter is [var name, var value] && name.Equals("charset", StringComparison.OrdinalIgnoreCase)
                && value.Trim('"').ToLowerInvariant() is not ("" or "utf-8" or "utf8" or "us-ascii"))
            {
                throw new InvalidMessageException($"content_type: charset {Shown(value.Trim('"'))}is not read; publish the body in UTF-8");
            }
        }

        return parts[0].ToLowerInvariant() switch
        {
            "application/json" or "text/json" => DeclaredContent.Json,
            "application/vnd.masstransit+json" => DeclaredContent.Envelope,
            _ => throw new InvalidMessageException(
                "content_type: expected application/json or application/vnd.masstransit+json, and a body that is that"),
        };
    }

    // A word that publishers' tools set, and nothing that somebody may have put there by mistake.
    private static string Shown(string word) => word.Trim() is { Length: > 0 and <= MaxShownLength } shown
        && shown.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+') ? shown + " " : "";
}
