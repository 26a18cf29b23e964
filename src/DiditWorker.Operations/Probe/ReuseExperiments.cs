namespace DiditWorker.Operations.Probe;

/// <summary>What <c>vendor_data</c> does while a session is unfinished.</summary>
internal sealed class ReuseExperiments(Prober prober)
{
    private const string Later = "second";

    private ProbeCreate? _create;
    private string? _session;

    public string Verdict { get; private set; } = Finding.Inconclusive;

    public async Task<Finding> ReuseAsync(CancellationToken cancellation)
    {
        _create = prober.NewCreate();
        var first = await prober.CreateAsync(_create, cancellation);
        var second = first.IsSession ? await prober.CreateAsync(_create with { Key = Prober.NewKey(), Mark = Later }, cancellation) : first;
        if (!second.IsSession)
        {
            return Of(FindingIds.Reuse, Finding.Inconclusive, $"a create was answered {Answers.Of(second)}");
        }

        Verdict = second.SessionId == first.SessionId ? "reused" : "created";
        _session = second.SessionId;
        return Of(FindingIds.Reuse, Verdict, Verdict == "reused" ? "the same session came back" : "another session was made");
    }

    /// <summary>Reads the metadata some time later, so that it is not read before the change is there.</summary>
    public async Task<Finding> MetadataAsync(string list, CancellationToken cancellation)
    {
        if (Verdict == "created")
        {
            return Of(FindingIds.ReuseMetadata, "not-reused", "no session was handed back");
        }

        if (_session is null)
        {
            return Of(FindingIds.ReuseMetadata, Finding.Inconclusive, "whether sessions are handed back is inconclusive");
        }

        var decision = await prober.DecisionAsync(_session, cancellation);
        var mark = decision is { IsSession: true, Body: { } body } && decision.SessionId == _session ? Metadata.MarkIn(body) : null;
        var where = "the decision";
        if (mark is null or Metadata.None)
        {
            where = "the list";
            mark = Metadata.Row(await prober.ListAsync(_create!.Person, list, cancellation), _session) is { } row ? Metadata.MarkIn(row)
                : null;
        }

        var verdict = mark == Later ? "overwritten" : mark == _create!.Mark ? "kept" : Finding.Inconclusive;
        return Of(FindingIds.ReuseMetadata, verdict, verdict == Finding.Inconclusive
            ? "neither the decision nor the list shows it"
            : $"{where} shows the metadata of the {(verdict == "kept" ? "first" : "second")} create");
    }

    private static Finding Of(string id, string verdict, string measured) => new(id, verdict, measured);
}
