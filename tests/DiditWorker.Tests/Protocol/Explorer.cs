using System.Runtime.InteropServices;

namespace DiditWorker.Tests.Protocol;

/// <summary>What an exploration came to.</summary>
internal sealed record Exploration(
    string Name, int States, int Transitions, int Depth, int Ends, string? Broken, IReadOnlyList<string> Trace)
{
    public override string ToString() =>
        $"{Name}: {States} states, {Transitions} transitions, depth {Depth}, {Ends} ends"
            + (Broken is null ? "" : $"; {Broken}:\n  " + string.Join("\n  ", Trace));
}

/// <summary>Visits every state that can be reached, breadth first, so that the first violation has a shortest trace.</summary>
internal sealed class Explorer
{
    private readonly Scenario _scenario;
    private readonly Interpreter _worker;
    private readonly EnvironmentSteps _environment;
    private readonly DiditSteps _didit;
    private readonly OperatorSteps _operator;

    private readonly Dictionary<State, int> _index = [];
    private readonly List<State> _states = [];
    private readonly List<int> _parents = [];
    private readonly List<(int From, int To)> _edges = [];
    private readonly List<int> _ends = [];

    private Explorer(Scenario scenario)
    {
        _scenario = scenario;
        var standings = new Standings(scenario);
        _worker = new(scenario, standings);
        _environment = new(scenario, standings, _worker);
        _didit = new(scenario);
        _operator = new(scenario);
    }

    public static Exploration Explore(Scenario scenario, int atMost = 3_000_000) => new Explorer(scenario).Run(atMost);

    private Exploration Run(int atMost)
    {
        var start = _scenario.Start();
        _index.Add(start, Visit(start, parent: -1));
        var steps = new List<Step>();
        for (var at = 0; at < _states.Count; at++)
        {
            Steps(_states[at], steps);
            var goesOn = false;
            foreach (var step in steps)
            {
                var next = Symmetry.Canonical(step.Next).State;
                if (next == _states[at])
                {
                    continue;
                }

                goesOn = true;
                var broken = Invariants.Broken(_scenario, _states[at], step);
                ref var to = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, next, out var isKnown);
                if (!isKnown)
                {
                    to = Visit(next, at);
                    broken ??= Invariants.Broken(_scenario, next);
                }

                _edges.Add((at, to));
                if (broken is not null)
                {
                    return Found(broken, [.. Trace(at, step), $"{step.Next}"]);
                }
            }

            if (!goesOn)
            {
                _ends.Add(at);
                if (Invariants.BrokenAtTheEnd(_scenario, _states[at]) is { } broken)
                {
                    return Found(broken, [.. Trace(at), $"{_states[at]}"]);
                }
            }

            if (_states.Count > atMost)
            {
                throw new InvalidOperationException($"{_scenario.Name}: more than {atMost} states");
            }
        }

        // From everywhere there must be a way to an end; a loop without a way out would hold a message for ever.
        return FirstWithoutEnd() is { } stuck ? Found("there is no way to an answer any more", [.. Trace(stuck), $"{_states[stuck]}"])
            : Found(null, []);
    }

    private void Steps(State state, List<Step> steps)
    {
        steps.Clear();
        foreach (var work in state.Works)
        {
            _worker.Add(state, work, steps);
        }

        _didit.Add(state, steps);
        _environment.Add(state, steps);
        _operator.Add(state, steps);
    }

    private int Visit(State state, int parent)
    {
        _states.Add(state);
        _parents.Add(parent);
        return _states.Count - 1;
    }

    private int? FirstWithoutEnd()
    {
        var (begins, before) = EdgesByEnd();
        var reaches = new bool[_states.Count];
        var open = new Stack<int>(Enumerable.Range(0, _states.Count).Where(at => _states[at].IsQuiet));
        foreach (var end in open)
        {
            reaches[end] = true;
        }

        while (open.TryPop(out var at))
        {
            foreach (var from in before.AsSpan(begins[at]..begins[at + 1]))
            {
                if (!reaches[from])
                {
                    reaches[from] = true;
                    open.Push(from);
                }
            }
        }

        var first = Array.IndexOf(reaches, false);
        return first < 0 ? null : first;
    }

    // Where the edges to each state begin, and from where they come: millions, too many for a look-up of lists.
    private (int[] Begins, int[] From) EdgesByEnd()
    {
        var begins = new int[_states.Count + 1];
        foreach (var (_, to) in _edges)
        {
            begins[to + 1]++;
        }

        for (var at = 0; at < _states.Count; at++)
        {
            begins[at + 1] += begins[at];
        }

        var from = new int[_edges.Count];
        var next = begins.ToArray();
        foreach (var edge in _edges)
        {
            from[next[edge.To]++] = edge.From;
        }

        return (begins, from);
    }

    private Exploration Found(string? broken, IReadOnlyList<string> trace)
    {
        var depth = 0;
        for (var at = _states.Count - 1; at > 0; at = _parents[at])
        {
            depth++;
        }

        return new(_scenario.Name, _states.Count, _edges.Count, depth, _ends.Count, broken, trace);
    }

    // Steps are told only here: naming each of them while exploring would cost more than the exploration.
    private List<string> Trace(int at, Step? last = null)
    {
        var way = new Stack<int>();
        for (; at > 0; at = _parents[at])
        {
            way.Push(at);
        }

        var told = new List<string>();
        var names = new Dictionary<int, int>();
        var steps = new List<Step>();
        var from = 0;
        foreach (var to in way)
        {
            Steps(_states[from], steps);
            var (step, owners) = steps.Select(s => (s, Symmetry.Canonical(s.Next))).Where(s => s.Item2.State == _states[to])
                .Select(s => (s.s, s.Item2.Owners)).First();
            told.Add(Tell(step, names, told.Count + 1));

            // Owners were renamed: who reads the trace wants to see each one under its first name.
            names = Enumerable.Range(0, owners.Length).Where(o => owners[o] >= 0)
                .ToDictionary(o => owners[o], o => names.GetValueOrDefault(o, told.Count));
            from = to;
        }

        return last is { } step2 ? [.. told, Tell(step2, names, told.Count + 1)] : told;
    }

    // A delivery is named by the number of the step with which it begins.
    private static string Tell(Step step, Dictionary<int, int> names, int number) =>
        $"{number}. " + (step.Who < 0 ? step.What : $"delivery {names.GetValueOrDefault(step.Who, number)} {step.What}");
}
