using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>What must hold in every state and of every step. Null: it does.</summary>
internal static class Invariants
{
    public static string? Broken(Scenario scenario, State state)
    {
        for (var message = 0; message < scenario.Messages; message++)
        {
            var current = message;
            if (state.Sessions.Count(s => s.For == current) > 1 || state.Sessions.Count(s => s.For >= 0) > scenario.Messages)
            {
                return $"message {message} has more than one session";
            }

            var answers = state.Answers.Where(a => a.Message == current && a.Fingerprint == 0).ToList();
            if (Contradict(scenario, answers) is { } contradiction)
            {
                return $"message {message} {contradiction}";
            }

            if (answers.Any(a => a.Said == Said.Expired) && state.Sessions.Any(s => s.For == current))
            {
                return $"message {message} was answered Expired and has a session";
            }

            if (state.Acked.Contains(message) && !state.Answers.Any(a => a.Message == current))
            {
                return $"message {message} was acknowledged, but neither answered nor parked";
            }
        }

        if (state.Answers.Any(a => a is { Fingerprint: 1, Said: Said.Created })
            && state.Answers.Any(a => a is { Fingerprint: 0, Said: Said.Created }))
        {
            return "two payloads under one id were both answered with a session";
        }

        return state.Slots.Any(s => s.Record is { HasTtl: false }) ? "a record has no TTL" : null;
    }

    public static string? Broken(Scenario scenario, State before, Step step)
    {
        for (var key = 0; key < before.Slots.Count && !step.LosesData; key++)
        {
            if (before.Slots[key].Record is { State: not RecordState.InProgress } record && step.Next.Slots[key].Record != record
                && !AsksAgain(before, step, record))
            {
                return "an answered record was changed";
            }

            if (before.Slots[key].Record is { Live: true } held && step.Who >= 0 && step.Who != held.Owner
                && step.Next.Slots[key].Record != held)
            {
                return "the record of another owner was changed within its lease";
            }
        }

        if (step.Sends is not null && before.IsLate)
        {
            return "a create is sent after the deadline";
        }

        // Where Redis kept its data, nobody sends while another one's request may still be processed. Resending trusts the header instead.
        return scenario.TrustsRedis && step.Sends is { } sent
            && (before.Works.Any(w => w.Request == Request.Out && w.Key == sent && w.Owner != step.Who)
                || (scenario is { Lookup: LookupBeforeResend.Always, LagsLonger: false } && before.Orphans.Any(o => o.Key == sent)))
            ? "two requests of one message are under way"
            : null;
    }

    /// <summary>Of a state from which nothing goes on.</summary>
    public static string? BrokenAtTheEnd(Scenario scenario, State state) => !state.IsQuiet
        ? "nothing goes on, but a message waits"
        : Enumerable.Range(0, scenario.Messages).FirstOrDefault(m => !state.Answers.Any(a => a.Message == m), -1) is var lost and >= 0
            ? $"message {lost} is lost"
            : state.Excluded.Any(e => !state.Answers.Any(a => a.Message == e.Message && a.Said == Said.Created))
                ? "a message is parked for sessions that a person excluded"
                : null;

    // An operator's replay of what was refused.
    private static bool AsksAgain(State before, Step step, ModelRecord record) =>
        record.State == RecordState.Refused && before.Works.Any(work => work.Owner == step.Who && work.Copy.Replayed);

    private static string? Contradict(Scenario scenario, List<Published> answers)
    {
        var created = answers.Where(a => a.Said == Said.Created).ToList();
        if (created.Select(a => a.Payload?.Session).Distinct().Count() > 1)
        {
            return "was answered with two sessions";
        }

        if (scenario.SameContent && created.Select(a => a.Payload).Distinct().Count() > 1)
        {
            return "was answered twice with different contents";
        }

        if (created.Count > 0 && scenario is { Budget.Replays: 0 } && answers.Any(a => a.Said == Said.Refused))
        {
            return "was both answered and refused";
        }

        if (answers.Any(a => a.Said == Said.Refused) && !scenario.Refuses)
        {
            return "was refused although Didit refused nothing";
        }

        if (answers.Select(a => a.MessageId).Distinct().Count() > 1)
        {
            return "has answers with different message ids";
        }

        return answers.Any(a => a.Said == Said.Mismatch) && !scenario.Queue.Any(c => c.Fingerprint == 1)
            ? "was taken for another payload"
            : null;
    }
}
