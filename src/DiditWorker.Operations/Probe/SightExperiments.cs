using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>
/// Whether look-ups see what this API key creates. A key may be allowed to create and see a filtered list, or none; and sessions of
/// businesses are in a list of their own.
/// </summary>
internal sealed class SightExperiments(Prober prober)
{
    // One look at both lists, as often as the lag is looked for; and a second one at a list that is refused.
    public const int MaxRequests = 2 * (ListExperiments.MaxPolls + 1);

    private readonly Seen _users = new();
    private readonly Seen _businesses = new();
    private string? _said;

    /// <summary>The list that shows sessions of this workflow, as far as is known; else that of persons.</summary>
    public string List => Kind() == SessionList.Businesses ? SessionList.Businesses : SessionList.Users;

    /// <summary>How long the list is to be given to show a session: no time at all where it was seen to show none.</summary>
    public TimeSpan Patience => Own() is "no" or "refused" ? TimeSpan.Zero : ListExperiments.Bound;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellation)
    {
        var create = prober.NewCreate();
        var created = await prober.CreateAsync(create, cancellation);
        if (!created.IsSession)
        {
            var why = $"the create was answered {Answers.Of(created)}";
            return [Of(FindingIds.Kind, Finding.Inconclusive, why), Of(FindingIds.ListOwn, Finding.Inconclusive, why),
                Of(FindingIds.BusinessList, Finding.Inconclusive, why)];
        }

        _said = created.Body?.Text("session_kind") is SessionList.Users or SessionList.Businesses ? created.Body?.Text("session_kind")
            : null;
        foreach (var pause in ListExperiments.Pauses)
        {
            await Task.Delay(pause, prober.Time, cancellation);
            var asked = await LookAsync(SessionList.Users, _users, create, created, cancellation);
            await LookAsync(SessionList.Businesses, _businesses, create, created, cancellation);
            if (_users.Shown || _businesses.Shown || (_users.IsRefused && _businesses.IsRefused)
                || asked - created.Received > ListExperiments.Bound)
            {
                break;
            }
        }

        return
        [
            Of(FindingIds.Kind, Kind(), $"the reply says {_said ?? "nothing"}; of persons: {_users}; of businesses: {_businesses}"),
            Of(FindingIds.ListOwn, Own(), $"of persons: {_users}; of businesses: {_businesses}"),
            Of(FindingIds.BusinessList,
            _businesses switch { { IsRefused: true } => "refused", { IsClear: true } => "shown", _ => Finding.Inconclusive },
            $"{_businesses}"),
        ];
    }

    // One that is refused is asked twice: what a gateway says now and then is no verdict.
    private async Task<DateTimeOffset> LookAsync(
        string kind, Seen seen, ProbeCreate create, ProbeReply created, CancellationToken cancellation)
    {
        for (; ; )
        {
            var list = await prober.ListAsync(create.Person, kind, cancellation);
            seen.Note(list, created.SessionId!);
            if (!list.IsRefusal || seen.Refusals != 1)
            {
                return list.Received;
            }
        }
    }

    private string Kind()
    {
        var shown = (_users.Shown, _businesses.Shown) switch
        {
            (true, false) => SessionList.Users,
            (false, true) => SessionList.Businesses,
            (true, true) => Finding.Inconclusive,
            _ => null,
        };
        return _said is null ? shown ?? Finding.Inconclusive : shown is null || shown == _said ? _said : Finding.Inconclusive;
    }

    private string Own()
    {
        var its = _said == SessionList.Businesses ? _businesses : _users;
        return _users.Shown || _businesses.Shown ? "yes"
            : its.IsRefused ? "refused"
            : its.IsClear && (_said is not null || _businesses.IsClear || _businesses.IsRefused) ? "no"
            : Finding.Inconclusive;
    }

    private static Finding Of(string id, string verdict, string measured) => new(id, verdict, measured);

    /// <summary>What one list was seen to do.</summary>
    private sealed class Seen
    {
        private string _answer = "not asked";
        private int _lists;
        private int _others;

        public bool Shown { get; private set; }

        public int Refusals { get; private set; }

        public bool IsRefused => Refusals > 1 && _lists + _others == 0;

        public bool IsClear => _lists > 0 && Refusals + _others == 0;

        public void Note(ProbeReply list, string session)
        {
            var isList = Metadata.Rows(list) is not null;
            Shown |= Metadata.Row(list, session) is not null;
            Refusals += list.IsRefusal ? 1 : 0;
            _lists += isList ? 1 : 0;
            _others += isList || list.IsRefusal ? 0 : 1;
            _answer = Shown ? "shown" : isList ? "not shown" : $"answered {Answers.Of(list)}";
        }

        public override string ToString() => _answer;
    }
}
