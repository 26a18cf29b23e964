namespace DiditWorker.Tests.Protocol;

/// <summary>
/// Deliveries have no names but their owner tokens, so two states that differ in nothing but these and in the order of the deliveries are
/// one.
/// </summary>
internal static class Symmetry
{
    private const int MostOwners = 16;

    /// <summary>The state with deliveries in a fixed order and owners numbered as they occur, and the new number of each owner.</summary>
    public static (State State, int[] Owners) Canonical(State state)
    {
        // Deliveries alike in all but their owner stay as they are: then some equal states are told apart, which costs time and nothing
        // else.
        var ordered = InOrder(state) ? state : state with { Works = [.. state.Works.OrderBy(w => Rank(state, w))] };
        var owners = Numbered(ordered, out var renamed);
        return (renamed ? Renamed(ordered, owners) : ordered, owners);
    }

    /// <summary>A number that nothing remembers.</summary>
    public static int Unused(State state) => Array.IndexOf(Numbered(state, out _), -1);

    // Owners are numbered from the first that occurs; -1: not in use.
    private static int[] Numbered(State state, out bool renamed)
    {
        var numbers = new int[MostOwners];
        Array.Fill(numbers, -1);
        var count = 0;
        var differs = false;
        foreach (var work in state.Works)
        {
            Meet(work.Owner);
        }

        foreach (var slot in state.Slots)
        {
            MeetRecord(slot.Record);
            MeetRecord(slot.Stale);
        }

        foreach (var work in state.Works)
        {
            MeetReader(work.Answer);
            MeetRecord(work.Read.Record);
        }

        foreach (var answer in state.Answers)
        {
            MeetReader(answer.Payload);
        }

        renamed = differs;
        return numbers;

        void Meet(int owner)
        {
            if (numbers[owner] < 0)
            {
                differs |= owner != count;
                numbers[owner] = count++;
            }
        }

        void MeetReader(Payload? payload)
        {
            if (payload is { ReadBy: >= 0 } read)
            {
                Meet(read.ReadBy);
            }
        }

        void MeetRecord(ModelRecord? record)
        {
            if (record is not null)
            {
                Meet(record.Owner);
                MeetReader(record.Payload);
            }
        }
    }

    private static State Renamed(State state, int[] owners)
    {
        return state with
        {
            Works = state.Works.Map(
                w => w with { Owner = owners[w.Owner], Answer = Paid(w.Answer), Read = (Recorded(w.Read.Record), w.Read.Is) }),
            Slots = state.Slots.Map(s => new Slot(Recorded(s.Record), Recorded(s.Stale))),
            Answers = state.Answers.Map(a => a with { Payload = Paid(a.Payload) }),
        };

        Payload? Paid(Payload? payload) => payload is { ReadBy: >= 0 } read ? new Payload(read.Session, owners[read.ReadBy]) : payload;

        ModelRecord? Recorded(ModelRecord? record) =>
            record is null ? null : record with { Owner = owners[record.Owner], Payload = Paid(record.Payload) };
    }

    private static bool InOrder(State state)
    {
        for (var i = 1; i < state.Works.Count; i++)
        {
            if (Rank(state, state.Works[i - 1]) > Rank(state, state.Works[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static long Rank(State state, Work work)
    {
        var flags = (HoldsARecord(state, work) ? 8 : 0) + (work.TakenBack ? 4 : 0) + (work.Sent ? 2 : 0) + (work.Published ? 1 : 0);
        return (((((((long)work.Key * 4) + work.Belief) * 8) + (int)work.Request) * 16 + flags) << 32) + (work.At.Id * 8L)
            + CopyRank(work.Copy);
    }

    private static int CopyRank(Copy copy) => (copy.Fingerprint * 2) + (copy.Flagged ? 1 : 0);

    private static bool HoldsARecord(State state, Work work) => state.Slots[work.Key].Record?.Owner == work.Owner;
}
