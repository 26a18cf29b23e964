using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Verification;

namespace DiditWorker.Hosting;

/// <summary>Reads and checks section <c>Didit</c>.</summary>
internal static class DiditSettings
{
    public static DiditOptions Read(SettingsReader read)
    {
        var (key, file) = read.Secret<string>("Didit:ApiKey", (text, _) => ApiKey(text));
        read.Require(read.Text("Didit:ApiKey") is not null || read.Text("Didit:ApiKeyFile") is not null, "Didit:ApiKey", value: null,
            "required; set it, or Didit:ApiKeyFile to a file that holds it (Didit console, API keys)");
        var defaults = new DiditOptions { ApiKey = key ?? "", CurrentApiKey = file is null ? null : () => file.Current };
        return defaults with
        {
            BaseAddress = ReadBaseAddress(read, defaults.BaseAddress),
            CreateSessionPath = ReadPath(read, "Didit:CreateSessionPath", defaults.CreateSessionPath),
            ListSessionsPath = ReadPath(read, "Didit:ListSessionsPath", defaults.ListSessionsPath),
            DecisionPath = ReadPath(read, "Didit:DecisionPath", defaults.DecisionPath),
            WorkflowId = ReadWorkflow(read),
            Callback = ReadCallback(read),
            IdempotencyWindow = read.Time("Didit:IdempotencyWindow", defaults.IdempotencyWindow, TimeSpan.Zero, TimeSpan.FromDays(30)),
            WindowMargin = read.Time("Didit:WindowMargin", defaults.WindowMargin, TimeSpan.Zero, TimeSpan.FromDays(1)),
            LookupBeforeResend = read.Choice("Didit:LookupBeforeResend", defaults.LookupBeforeResend),
            LookupDelay = read.Time("Didit:LookupDelay", defaults.LookupDelay, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            SessionKind = read.Choice("Didit:SessionKind", defaults.SessionKind),
            RequestsPerMinute = read.Number("Didit:RequestsPerMinute", defaults.RequestsPerMinute, 1, 10_000_000),
            LookupsPerMinute = read.Number("Didit:LookupsPerMinute", defaults.LookupsPerMinute, 1, 10_000_000),
            AttemptTimeout =
            read.Time("Didit:AttemptTimeout", defaults.AttemptTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)),
            TotalTimeout = read.Time("Didit:TotalTimeout", defaults.TotalTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(20)),
            BreakDuration =
            read.Time("Didit:BreakDuration", defaults.BreakDuration, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(10)),
            RefusedPause = read.Time("Didit:RefusedPause", defaults.RefusedPause, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            SessionLifetime = read.Time("Didit:SessionLifetime", defaults.SessionLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)),
            ProbeReportFile = read.Text("Didit:ProbeReportFile"),
        };
    }

    private static string ApiKey(string text) => text switch
    {
        "" => throw new FormatException("holds no key (Didit console, API keys)"),
        _ when text.All(c => c is > ' ' and < '\x7f') => text,
        _ => throw new FormatException("holds characters that cannot stand in an HTTP header"),
    };

    private static Uri ReadBaseAddress(SettingsReader read, Uri fallback)
    {
        var text = read.Text("Didit:BaseAddress");
        if (text is null)
        {
            return fallback;
        }

        var good = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri!.PathAndQuery == "/"
            && uri.UserInfo == "";
        read.Require(
            good, "Didit:BaseAddress", SettingsReader.MaskUser(text), "expected an http or https address without path, query or user");
        return good ? uri! : fallback;
    }

    private static string ReadPath(SettingsReader read, string key, string fallback)
    {
        var path = read.Text(key) ?? fallback;
        read.Require(path.StartsWith('/') && path.EndsWith('/') && !path.Contains('?', StringComparison.Ordinal), key, path,
            "expected to begin and end with '/' (Didit redirects without the last one, and the redirect drops the key)");
        return path;
    }

    private static string? ReadWorkflow(SettingsReader read)
    {
        var text = read.Text("Didit:WorkflowId");
        read.Require(text is null || RequestId.TryReadUuid(text, "D", out _), "Didit:WorkflowId", text, "expected a UUID with hyphens");
        return text?.ToLowerInvariant();
    }

    private static string? ReadCallback(SettingsReader read)
    {
        var text = read.Text("Didit:Callback");
        read.Require(text is null || CallbackRule.Allows(text), "Didit:Callback", text, CallbackRule.Expected);
        return text;
    }
}
