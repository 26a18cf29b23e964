namespace DiditWorker.Verification;

/// <summary>What may stand as a callback: an absolute <c>https</c> URI, or one with an app's own scheme.</summary>
public static class CallbackRule
{
    /// <summary>For error messages.</summary>
    public const string Expected = "expected an absolute https or app-scheme URI of at most 2048 characters";

    // Schemes that a browser acts on itself: unencrypted, local, or scripts.
    private static readonly HashSet<string> Refused =
    [
        "http", "ws", "wss", "ftp", "file", "javascript", "data", "vbscript", "blob", "about", "mailto", "tel", "sms", "view-source",
    ];

    /// <summary>Whether this may be sent to Didit.</summary>
    public static bool Allows(string text) =>
        text.Length <= 2048
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && text.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase)
        && !Refused.Contains(uri.Scheme)
        && (uri.Scheme != "https" || uri.Host.Length > 0);
}
