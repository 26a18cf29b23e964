using System.Globalization;
using System.Text.Json;

namespace DiditWorker.Operations.Probe;

/// <summary>What a look-up can see, and when.</summary>
internal sealed class ListExperiments(Prober prober, string list, TimeSpan bound, int tries)
{
    /// <summary>How long a session is waited for at most.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    // Close together at first, where a second matters; 30 seconds in all.
    public static readonly IReadOnlyList<TimeSpan> Pauses =
    [
        TimeSpan.Zero,
        .. Enumerable.Repeat(TimeSpan.FromSeconds(0.25), 4),
        .. Enumerable.Repeat(TimeSpan.FromSeconds(0.5), 4),
        .. Enumerable.Repeat(TimeSpan.FromSeconds(1), 7),
        .. Enumerable.Repeat(TimeSpan.FromSeconds(2), 10),
    ];

    /// <summary>How often a list is asked for at most.</summary>
    public const int MaxPolls = 1 + 4 + 4 + 7 + 10;

    private readonly List<double> _lags = [];
    private readonly List<string> _list = [];
    private readonly List<string> _decision = [];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < tries; i++)
        {
            await TryAsync(cancellation);
        }

        return
        [
            Lag(),
            Shown(FindingIds.ListMetadata, "rows of the list", _list),
            Shown(FindingIds.DecisionMetadata, "decisions", _decision),
        ];
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var created = await prober.CreateAsync(create, cancellation);
        if (!created.IsSession)
        {
            return;
        }

        var row = await WaitAsync(create, created, cancellation);
        _list.Add(row is { } shown ? Verdict(shown, create) : Finding.Inconclusive);
        var decision = await prober.DecisionAsync(created.SessionId!, cancellation);
        _decision.Add(
            decision is { IsSession: true, Body: { } body } && decision.SessionId == created.SessionId ? Verdict(body, create)
                : Finding.Inconclusive);
    }

    // Timed from when the session was there for certain to when the list had shown it for certain. An inconclusive poll would make the time
    // a guess.
    private async Task<JsonElement?> WaitAsync(ProbeCreate create, ProbeReply created, CancellationToken cancellation)
    {
        var clear = true;
        foreach (var pause in Pauses)
        {
            await Task.Delay(pause, prober.Time, cancellation);
            var shown = await prober.ListAsync(create.Person, list, cancellation);
            clear &= Metadata.Rows(shown) is not null;
            if (Metadata.Row(shown, created.SessionId!) is { } row)
            {
                if (clear)
                {
                    _lags.Add((shown.Received - created.Received).TotalSeconds);
                }

                return row;
            }

            if (shown.IsRefusal || shown.Received - created.Received > bound)
            {
                break;
            }
        }

        return null;
    }

    private Finding Lag()
    {
        _lags.Sort();
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal) { ["tries"] = tries, ["shown"] = _lags.Count };
        if (_lags.Count > 0)
        {
            numbers["min"] = Math.Round(_lags[0], 3);
            numbers["median"] = Math.Round(_lags[_lags.Count / 2], 3);
            numbers["max"] = Math.Round(_lags[^1], 3);
        }

        var measured = _lags.Count == 0 ? "no session was shown" : string.Create(CultureInfo.InvariantCulture,
            $"min {_lags[0]:0.0##} s, median {_lags[_lags.Count / 2]:0.0##} s, max {_lags[^1]:0.0##} s");
        return new(
            FindingIds.ListLag,
            _lags.Count == tries ? "measured" : Finding.Inconclusive,
            string.Create(
            CultureInfo.InvariantCulture,
            $"{measured}; {_lags.Count} of {tries} tries can be relied on, each waited at most {bound.TotalSeconds} s"),
            numbers);
    }

    private static string Verdict(JsonElement session, ProbeCreate create) => Metadata.MarkIn(session) switch
    {
        Metadata.None => "no",
        { } mark when mark == create.Mark => "yes",
        _ => Finding.Inconclusive,
    };

    private static Finding Shown(string id, string what, List<string> seen) => new(
        id,
        seen.Distinct(StringComparer.Ordinal).ToList() is [var only] ? only : Finding.Inconclusive,
        string.Create(CultureInfo.InvariantCulture,
            $"{what} with the metadata {seen.Count(s => s == "yes")}, without {seen.Count(s => s == "no")}, inconclusive "
                + $"{seen.Count(s => s == Finding.Inconclusive)}"));
}
