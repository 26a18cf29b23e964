using System.Globalization;

namespace DiditWorker.Operations.Probe;

/// <summary>Creates that are sent at the same moment.</summary>
internal sealed class ConcurrentExperiments(Prober prober)
{
    public async Task<Finding> WithOneKeyAsync(string id, int count, CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var replies = await prober.CreateTogetherAsync([.. Enumerable.Repeat(create, count)], cancellation);
        var (sessions, conflicts, rest) = Count(replies);
        var verdict = rest > 0 || sessions == 0 ? Finding.Inconclusive : sessions > 1 ? "several" : conflicts > 0 ? "conflict" : "one";
        return Of(id, verdict, count, sessions, conflicts, rest);
    }

    public async Task<Finding> ForOnePersonAsync(string id, int count, CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var replies = await prober.CreateTogetherAsync(
            [.. Enumerable.Range(0, count).Select(_ => create with { Key = Prober.NewKey() })], cancellation);
        var (sessions, conflicts, rest) = Count(replies);
        var verdict = rest + conflicts > 0 || sessions == 0 ? Finding.Inconclusive : sessions > 1 ? "several" : "one";
        return Of(id, verdict, count, sessions, conflicts, rest);
    }

    private static (int Sessions, int Conflicts, int Others) Count(IReadOnlyList<ProbeReply> replies) => (
        replies.Where(reply => reply.IsSession).Select(reply => reply.SessionId).Distinct(StringComparer.Ordinal).Count(),
        replies.Count(IsConflict),
        replies.Count(reply => !reply.IsSession && !IsConflict(reply)));

    private static bool IsConflict(ProbeReply reply) => reply is { IsRefusal: true, Status: 409 };

    private static Finding Of(string id, string verdict, int count, int sessions, int conflicts, int rest) => new(
        id,
        verdict,
        string.Create(CultureInfo.InvariantCulture, $"{count} creates: sessions {sessions}, 409 {conflicts}, inconclusive {rest}"),
        new Dictionary<string, double>(StringComparer.Ordinal) { ["creates"] = count, ["sessions"] = sessions, ["conflicts"] = conflicts });
}
