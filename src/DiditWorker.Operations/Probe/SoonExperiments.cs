using System.Globalization;

namespace DiditWorker.Operations.Probe;

/// <summary>
/// How soon after a create a second one for the same person is handed back its session. Didit's condition is that the session has its URL,
/// which is made some time after it.
/// </summary>
internal sealed class SoonExperiments(Prober prober)
{
    private static readonly TimeSpan[] Delays =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];

    public static int Most => Delays.Length;

    public async Task<Finding> RunAsync(CancellationToken cancellation)
    {
        var seen = new List<(double After, string Answer)>();
        foreach (var delay in Delays)
        {
            var create = prober.NewCreate();
            var (first, second) = await prober.CreateTwiceAsync(create, create with { Key = Prober.NewKey() }, delay, cancellation);

            // What a busy machine took longer counts: what was handed back then says nothing of earlier.
            seen.Add((Math.Round(Math.Max(delay.TotalSeconds, (second.Sent - first.Received).TotalSeconds), 3), Compared(first, second)));
        }

        return Judge(seen);
    }

    internal static Finding Judge(IReadOnlyList<(double After, string Answer)> seen)
    {
        var same = seen.Reverse().TakeWhile(one => one.Answer == "the same").ToList();
        var verdict = seen.All(one => one.Answer == "another") ? "never"
            : same.Count > 0 && seen.SkipLast(same.Count).All(one => one.Answer == "another") ? "measured"
            : Finding.Inconclusive;
        return new(
            FindingIds.ReuseAfter,
            verdict,
            string.Join(", ",
            seen.Select(one => string.Create(CultureInfo.InvariantCulture, $"after {one.After * 1000:0} ms {one.Answer}"))),
            verdict == "measured" ? new Dictionary<string, double>(StringComparer.Ordinal) { ["after"] = same[^1].After } : null);
    }

    private static string Compared(ProbeReply first, ProbeReply second) =>
        !first.IsSession || !second.IsSession ? "an inconclusive answer" : second.SessionId == first.SessionId ? "the same" : "another";
}
