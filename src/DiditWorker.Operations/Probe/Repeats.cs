namespace DiditWorker.Operations.Probe;

/// <summary>What a key that is used again is answered with, in order.</summary>
internal static class Repeats
{
    /// <summary>A 409 may come first and the original after it.</summary>
    public const int MaxCount = 4;

    public const string Original = "original";
    public const string Conflict = "conflict";
    public const string Refused = "refused";
    public const string Other = "other";

    /// <summary>Repeats until two of one kind say the same, or it is enough.</summary>
    public static async Task<RepeatResult> RunAsync(string original, Func<Task<ProbeReply>> repeat)
    {
        var seen = new List<string>();
        while (seen.Count < MaxCount && !(seen.Count >= 2 && seen[^1] == seen[^2] && seen[^1] != Conflict))
        {
            seen.Add(Kind(await repeat(), original));
            if (seen[^1] == Finding.Inconclusive)
            {
                break;
            }
        }

        return Judge(seen);
    }

    internal static RepeatResult Judge(IReadOnlyList<string> seen)
    {
        var conflicts = seen.TakeWhile(kind => kind == Conflict).Count();
        var rest = seen.Skip(conflicts).Distinct(StringComparer.Ordinal).ToList();
        var verdict = rest switch
        {
            [] => Conflict,
            [Original] => Original,

            // The key was known a moment ago, and made another session all the same: that is no behaviour to rely on either way.
            [Other or Refused] when conflicts == 0 => rest[0],
            _ => Finding.Inconclusive,
        };
        return new(verdict, conflicts, string.Join(", ", seen));
    }

    private static string Kind(ProbeReply reply, string original) => reply switch
    {
        { IsSession: true } => reply.SessionId == original ? Original : Other,
        { IsRefusal: true } => reply.Status == 409 ? Conflict : Refused,
        _ => Finding.Inconclusive,
    };
}

/// <summary>What repeats came to.</summary>
/// <param name="Verdict">One kind, or <see cref="Finding.Inconclusive"/>.</param>
/// <param name="Conflicts">How many 409 came before anything else.</param>
/// <param name="Seen">All kinds in order, for people.</param>
internal sealed record RepeatResult(string Verdict, int Conflicts, string Seen);
