using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>What happens to the workers: the broker, Redis, Didit and time.</summary>
internal sealed class EnvironmentSteps(Scenario scenario, Standings standings, Interpreter worker)
{
    public void Add(State state, List<Step> steps)
    {
        Deliver(state, steps);
        foreach (var work in state.Works)
        {
            Disturb(state, work, steps);
        }

        Time(state, steps);
        Redis(state, steps);
    }

    private void Deliver(State state, List<Step> steps)
    {
        for (var i = 0; i < state.Queue.Count && state.Works.Count < scenario.Workers; i++)
        {
            var copy = state.Queue[i];
            if ((i > 0 && state.Queue[i - 1] == copy) || copy.Published > state.Era)
            {
                continue;
            }

            var key = scenario.Has(Mistake.KeyFromReplacedId) && copy.Flagged ? copy.Message + scenario.Messages : copy.Message;
            var asRead = scenario.Has(Mistake.RawBytesHashed) && copy.Flagged ? copy with { Fingerprint = 1 } : copy;
            var evidence = new Evidence(ModelTime.Fingerprint(asRead.Fingerprint), copy.Published < 0 ? null : ModelTime.Of(copy.Published),
                copy.Flagged && !scenario.Has(Mistake.RedeliveryIgnored))
            {
                AsksAgain = copy.Replayed,
                Deadline = !scenario.HasDeadline ? null : state.IsLate ? ModelTime.Over : ModelTime.Open,
            };
            var work = new Work(Symmetry.Unused(state), asRead, key, standings.Begin(evidence, ModelTime.Of(state.Era)));
            steps.Add(new("is delivered", work.Owner, state with { Queue = state.Queue.RemoveAt(i), Works = state.Works.Add(work) }));
        }
    }

    private void Disturb(State state, Work work, List<Step> steps)
    {
        var left = state.Left;
        if (left.Crashes > 0)
        {
            steps.Add(new("crashes", work.Owner, worker.Gone(state with { Left = left with { Crashes = left.Crashes - 1 } }, work)));
        }

        if (left.Stops > 0 && !work.At.IsOver && work.At.Doing.Kind != EffectKind.Claim && Interpreter.MayStop(work))
        {
            worker.Stop(state with { Left = left with { Stops = left.Stops - 1 } }, work, steps);
        }

        if (left.Cuts > 0 && !work.TakenBack)
        {
            var next = state with { Left = left with { Cuts = left.Cuts - 1 } };
            steps.Add(new("loses its broker connection", work.Owner,
                next.With(work with { TakenBack = true }).Enqueue(work.Copy with { Flagged = true })));
        }
    }

    private void Time(State state, List<Step> steps)
    {
        // Promised only while Didit is done by then with requests that timed out.
        if (state.Orphans.All(o => o.Early) || scenario.LagsLonger)
        {
            var later = Later(state);
            if (later != state)
            {
                steps.Add(new("a look-up delay passes", -1, later));
            }
        }

        if (scenario.HasDeadline && !state.IsLate)
        {
            steps.Add(new(
                "the deadline passes", -1,
                state with { IsLate = true, Works = state.Works.Map(w => w with { At = standings.Late(w.At) }) }));
        }

        for (var key = 0; key < state.Slots.Count; key++)
        {
            if (state.Ticked(key, scenario) is { } ticked)
            {
                steps.Add(new($"a lease of message {key} goes on", -1, ticked));
            }
        }

        // The margin of the window is longer than it takes from the decision to the end of the request.
        var anyLive = state.Slots.Any(s => s.Record is { Live: true })
            || state.Works.Any(
                w => w.Belief > 0 || w.Request != Request.None || w.At is { Doing.Kind: EffectKind.Create, State.Memory.Available: false });
        if (state.Left.Windows > 0 && !anyLive && state.Orphans.Count == 0)
        {
            steps.Add(new("the window passes", -1, Later(state) with
            {
                Left = state.Left with { Windows = state.Left.Windows - 1 },
                Era = state.Era + 1,
                Slots = state.Slots.Map(_ => default),
                Sessions = state.Sessions.Map(s => s with { HeaderKey = -1, Listed = true }),
                Horizon = state.Horizon == Horizon.Missing ? Horizon.Missing : Horizon.Old,
            })
            {
                LosesData = true,
            });
        }
    }

    private State Later(State state) => state with
    {
        Sessions = scenario.LagsLonger ? state.Sessions : state.Sessions.Map(s => s with { Listed = true }),
        Slots = state.Slots.Map(s => new(Later(s.Record), Later(s.Stale))),
        Works = state.Works.Map(w => w with { At = standings.Later(w.At) }),
        Horizon = state.Horizon == Horizon.New ? Horizon.Young : state.Horizon,
    };

    private ModelRecord? Later(ModelRecord? record) => record is { Recent: true } or { NotDueAfter: > 0 }
        ? record with { Recent = false, NotDueAfter = scenario.NextTryNeverDue ? record.NotDueAfter : 0 }
        : record;

    private static bool IsOld(State state, ModelRecord record) =>
        record is { Live: false, Recent: false } && state.Orphans.Count == 0 && state.Sessions.All(s => s.Listed);

    private void Redis(State state, List<Step> steps)
    {
        var left = state.Left;
        for (var key = 0; key < state.Slots.Count && left.Losses > 0; key++)
        {
            if (state.Slots[key].Record is { } record && (!scenario.LosesOnlyOldRecords || IsOld(state, record)))
            {
                var next = state with { Left = left with { Losses = left.Losses - 1 } };
                steps.Add(new($"Redis loses the record of message {key}", -1, next with { Slots = next.Slots.Set(key, default) })
                { LosesData = true });
            }
        }

        if (left.Wipes > 0)
        {
            steps.Add(new("Redis loses everything", -1, state with
            {
                Left = left with { Wipes = left.Wipes - 1 },
                Slots = state.Slots.Map(_ => default),
                Horizon = Horizon.Missing,
            })
            {
                LosesData = true,
            });
        }

        if (left.Failovers > 0 && state.Slots.Any(s => s.Record != s.Stale))
        {
            steps.Add(new("Redis fails over to a stale replica", -1, state with
            {
                Left = left with { Failovers = left.Failovers - 1 },
                Slots = state.Slots.Map(s => new Slot(s.Stale, Stale: left.Failovers > 1 ? s.Stale : null)),
            })
            {
                LosesData = true,
            });
        }

        if (state.RedisDown)
        {
            steps.Add(new("Redis comes back", -1, state with { RedisDown = false }));
        }
        else if (left.Outages > 0)
        {
            steps.Add(new("Redis goes away", -1, state with { RedisDown = true, Left = left with { Outages = left.Outages - 1 } }));
        }
    }
}
