using System.Globalization;
using System.Net.Http.Headers;

namespace DiditWorker.Protocol;

/// <summary>What a reply's <c>X-RateLimit</c> headers say (Didit's API pages: rate limits).</summary>
/// <param name="Limit">Requests a minute.</param>
/// <param name="Remaining">Of these, how many are left now; null: it does not say.</param>
/// <param name="Reset">When there are more, from now on; null: it does not say, or what nobody can mean.</param>
public readonly record struct ToldRate(int Limit, int? Remaining = null, TimeSpan? Reset = null)
{
    private const int MaxLimit = 10_000_000;

    // Below this share of the limit Didit advises to slow down.
    private const double Low = 0.15;

    // What is left is spread over the time until there is more; whole seconds are told, so that it may be one more.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxReset = TimeSpan.FromHours(1);

    /// <summary>Reads the headers. What cannot be read is passed over.</summary>
    /// <param name="headers">Of the reply.</param>
    /// <param name="now">By the clock of this host, for a reply that does not tell its <c>Date</c>.</param>
    /// <returns>Null: they tell no limit that anybody can mean.</returns>
    public static ToldRate? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (Number(headers, "X-RateLimit-Limit") is not (> 0 and <= MaxLimit and var limit))
        {
            return null;
        }

        var remaining = Number(headers, "X-RateLimit-Remaining") is >= 0 and var left && left <= limit ? (int?)left : null;
        var reset = Number(headers, "X-RateLimit-Reset") is > 0 and <= 253_402_300_799 and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) - (headers.Date ?? now) : (TimeSpan?)null;
        return new((int)limit, remaining, reset <= MaxReset && reset > -MaxReset ? reset : null);
    }

    /// <summary>
    /// How many a minute to send: the limit, or less where little of it is left. Where nothing is left <see cref="Empty"/> counts.
    /// </summary>
    /// <param name="share">Of the limit, how much is used at most.</param>
    public double PerMinute(double share)
    {
        var full = Limit * share;
        return Remaining is > 0 and var left && left < Limit * Low && Reset is { } reset && reset + Rounding > TimeSpan.Zero
            ? Math.Min(full, left / (reset + Rounding).TotalMinutes)
            : full;
    }

    /// <summary>For how long nothing is left.</summary>
    public TimeSpan Empty => Remaining == 0 && Reset + Rounding is { } wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    // The first one that can be read: a gateway may add its own.
    private static long? Number(HttpResponseHeaders headers, string name) =>
        !headers.TryGetValues(name, out var values) ? null
        : values.SelectMany(value => value.Split(','))
            .Select(text =>
                long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null)
            .FirstOrDefault(number => number is not null);
}
