namespace DiditWorker.Tests.Protocol;

/// <summary>What a person does with what is parked.</summary>
internal sealed class OperatorSteps(Scenario scenario)
{
    public void Add(State state, List<Step> steps)
    {
        for (var i = 0; i < state.Parked.Count && state.Left.Replays > 0; i++)
        {
            var copy = scenario.Has(Mistake.ReplayLooksFresh)
                ? state.Parked[i] with { Flagged = false, Published = state.Era }
                : state.Parked[i] with { Flagged = true, Replayed = scenario.Refuses };
            var replayed = (state with
            {
                Left = state.Left with { Replays = state.Left.Replays - 1 },
                Parked = state.Parked.RemoveAt(i),
            }).Enqueue(copy);
            steps.Add(new("the operator replays a dead letter", -1, replayed));
            Exclude(replayed, copy.Message, steps);
        }
    }

    // A person looks at the sessions, and knows whose they are.
    private static void Exclude(State state, int message, List<Step> steps)
    {
        var others = Enumerable.Range(0, state.Sessions.Count).Where(n => state.Sessions[n].For != message).Select(n => (message, n));
        if (state.Left.Exclusions > 0 && others.Except(state.Excluded).ToList() is { Count: > 0 } named)
        {
            steps.Add(new("the operator excludes sessions of others and replays a dead letter", -1, state with
            {
                Left = state.Left with { Exclusions = state.Left.Exclusions - 1 },
                Excluded = [.. state.Excluded.Concat(named).Order()],
            }));
        }
    }
}
