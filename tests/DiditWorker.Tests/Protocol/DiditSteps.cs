namespace DiditWorker.Tests.Protocol;

/// <summary>
/// What Didit does with the requests that are under way: everything that its documents and those who measured it leave possible.
/// </summary>
internal sealed class DiditSteps(Scenario scenario)
{
    public void Add(State state, List<Step> steps)
    {
        foreach (var work in state.Works)
        {
            if (work.Request == Request.Out)
            {
                Process(state, work, work.Key, steps);
            }
        }

        for (var i = 0; i < state.Orphans.Count; i++)
        {
            var rest = state with { Orphans = state.Orphans.RemoveAt(i) };
            steps.Add(new("an abandoned request never arrives", -1, rest));
            Process(rest, work: null, state.Orphans[i].Key, steps);
            if (state.Orphans[i].Early)
            {
                var late = rest with { Orphans = [.. rest.Orphans.Append(state.Orphans[i] with { Early = false }).OrderBy(Orphan.Rank)] };
                steps.Add(new("the time-out of an abandoned request passes", -1, late));
            }
        }

        for (var i = 0; i < state.Sessions.Count; i++)
        {
            if (!state.Sessions[i].HasUrl)
            {
                var made = state.Sessions.Set(i, state.Sessions[i] with { HasUrl = true });
                steps.Add(new($"Didit makes the URL of session {i}", -1, state with { Sessions = made }));
            }

            if (state.Left.Finishes > 0 && !state.Sessions[i].Finished)
            {
                steps.Add(new($"the person finishes session {i}", -1, state with
                {
                    Left = state.Left with { Finishes = state.Left.Finishes - 1 },
                    Sessions = state.Sessions.Set(i, state.Sessions[i] with { Finished = true }),
                }));
            }
        }
    }

    private void Process(State state, Work? work, int key, List<Step> steps)
    {
        var message = key % scenario.Messages;
        var remembered = IndexOf(state, s => s.HeaderKey == key);
        if (remembered >= 0)
        {
            steps.Add(scenario.Header == Header.Conflict
                ? Replied("Didit answers 409", state, work, Request.Conflict, session: null)
                : Replied("Didit answers a repeat", state, work, Request.Created, remembered));
            return;
        }

        if (scenario.Refuses && IndexOf(state, s => s.For == message) < 0)
        {
            steps.Add(Replied("Didit refuses", state, work, Request.Refused, session: null));
        }

        var unfinished = scenario.Reuses ? IndexOf(state, s => s is { Finished: false, HasUrl: true }) : -1;
        if (unfinished >= 0)
        {
            var session = state.Sessions[unfinished] with { For = message, Key = KeyKept(key), HeaderKey = HeaderKept(key) };
            steps.Add(Replied(
                "Didit hands back", state with { Sessions = state.Sessions.Set(unfinished, session) }, work, Request.Created, unfinished));
        }

        // Two creates at once may make two, whatever Didit does with later ones.
        var concurrent = state.Orphans.Count > 0 || state.Works.Any(w => w.Request == Request.Out && w.Owner != work?.Owner);
        if (unfinished < 0 || concurrent)
        {
            var made = new Session(
                message, KeyKept(key), HeaderKept(key), Finished: false, Listed: !scenario.ListLags, state.Era, !scenario.UrlLags);
            steps.Add(Replied(
                "Didit makes a session", state with { Sessions = state.Sessions.Add(made) }, work, Request.Created, state.Sessions.Count));
        }
    }

    private int KeyKept(int key) => scenario.KeepsMetadata ? key : -1;

    private int HeaderKept(int key) => scenario.Header == Header.Ignored ? -1 : key;

    private Step Replied(string what, State state, Work? work, Request reply, int? session) => new(what, work?.Owner ?? -1, work is null
        ? state
        : state.With(work with { Request = reply, Answer = session is { } number ? scenario.Read(number, work) : null }));

    private static int IndexOf(State state, Func<Session, bool> match)
    {
        for (var i = 0; i < state.Sessions.Count; i++)
        {
            if (match(state.Sessions[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
