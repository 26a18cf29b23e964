using System.Globalization;
using System.Text.Json;
using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>What all replies tell, whatever they answered.</summary>
internal static class SeenOnTheWay
{
    private const int MinSamples = 3;

    // Date is in whole seconds, some servers refresh it once a second, and a reply is on its way for some time.
    private const double WidestSpread = 3;

    public static Finding IdField(Prober prober)
    {
        var names = prober.Creates.Where(reply => reply.IsSession).Select(reply => Name(reply.Body!.Value)).Distinct(StringComparer.Ordinal)
            .ToList();
        return new(FindingIds.IdField, names is [var only] ? only : Finding.Inconclusive,
            names.Count == 0 ? "no create was answered with a session" : "creates were answered with: "
                + string.Join(", ", names));
    }

    public static Finding RateHeaders(Prober prober)
    {
        var names = prober.Replies.Where(IsOfDidit).SelectMany(reply => reply.Headers.Keys).Where(IsAboutRate)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var limits = prober.Creates.Where(IsOfDidit).Select(Limit).OfType<int>().ToList();
        var verdict = names.Count > 0 ? "some" : prober.Creates.Any(reply => reply.IsSession) ? "none" : Finding.Inconclusive;
        var measured = names.Count > 0 ? string.Join(", ", names) : "no header of the kind";
        return new(FindingIds.RateHeaders, verdict,
            limits.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{measured}; creates: {limits.Min()}")
                : measured,
            limits.Count > 0 ? new Dictionary<string, double>(StringComparer.Ordinal) { ["limit"] = limits.Min() } : null);
    }

    public static Finding Clock(Prober prober)
    {
        var offsets = prober.Replies.Where(IsOfDidit).Select(Offset).OfType<double>().Order().ToList();
        var isClear = offsets.Count >= MinSamples && offsets[^1] - offsets[0] <= WidestSpread;
        var seconds = isClear ? Math.Round(offsets[offsets.Count / 2]) : 0;
        return isClear
            ? new(FindingIds.Clock, "measured",
                string.Create(CultureInfo.InvariantCulture, $"{seconds:+0;-0;0} s, give or take 1 ({offsets.Count} replies)"),
                new Dictionary<string, double>(StringComparer.Ordinal) { ["seconds"] = seconds })
            : new(FindingIds.Clock, Finding.Inconclusive,
                offsets.Count < MinSamples ? "too few replies have a Date"
                    : "the Date headers contradict each other");
    }

    private static string Name(JsonElement body) => (body.Text("session_id"), body.Text("uuid")) switch
    {
        ({ } id, { } uuid) => id == uuid ? "both" : "two that differ",
        ({ }, null) => "session_id",
        _ => "uuid",
    };

    // What a gateway says in an error is not what Didit says.
    private static bool IsOfDidit(ProbeReply reply) => reply.Status is >= 200 and < 500;

    private static bool IsAboutRate(string header) =>
        header == "retry-after" || header.StartsWith("x-ratelimit-", StringComparison.Ordinal)
            || header.StartsWith("ratelimit", StringComparison.Ordinal);

    private static int? Limit(ProbeReply reply) =>
        (reply.Headers.GetValueOrDefault("x-ratelimit-limit") ?? reply.Headers.GetValueOrDefault("ratelimit-limit")) is { } text
        && int.TryParse(text.AsSpan().TrimStart(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? limit
            : null;

    // The middle of the second that Date names, against the middle of the exchange.
    private static double? Offset(ProbeReply reply) =>
        reply.Headers.TryGetValue("date", out var text)
        && DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? (date.AddSeconds(0.5) - (reply.Sent + ((reply.Received - reply.Sent) / 2))).TotalSeconds
            : null;
}
