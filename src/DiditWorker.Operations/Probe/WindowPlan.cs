namespace DiditWorker.Operations.Probe;

/// <summary>Which keys a run repeats, and when the next run would tell most.</summary>
internal static class WindowPlan
{
    /// <summary>Keys that each run makes.</summary>
    public const int New = 3;

    private const int MaxRepeats = 3;

    // The create; a look at the lists if its reply was not clear; the deletion of what it made, and once more at the end.
    private const int RequestsForOneNew = 1 + Lists.Both + (2 * WindowProbe.MaxDeletions);

    // The same with a control beside the repeat.
    private const int RequestsForOneRepeat = 1 + RequestsForOneNew;
    private const int RequestsForOneUnknown = Lists.Both + (2 * WindowProbe.MaxDeletions);

    private static readonly TimeSpan MaxOfInterest = TimeSpan.FromDays(7);

    // Round ages between which a window usually ends.
    private static readonly TimeSpan[] Ages =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
            TimeSpan.FromHours(25),
        TimeSpan.FromDays(2), TimeSpan.FromDays(3), MaxOfInterest,
    ];

    /// <summary>
    /// A repeat may prolong a key or make a new one, so that each is repeated only once: they must not be wasted. Keys of one age would
    /// tell the same, so only one of each age is taken, and at most 3: the oldest and the youngest, which contradict what is known if Didit
    /// does not keep to one window, and of the rest the one that halves best what is not known yet. The others grow older for a later run.
    /// </summary>
    public static IReadOnlyList<WindowEntry> Choose(WindowMemory memory, DateTimeOffset now)
    {
        var ages = OneOfEachAge(memory, now);
        if (ages.Count <= MaxRepeats)
        {
            return ages;
        }

        var bounds = WindowBounds.Of(memory);
        var (least, most) = (bounds.AtLeast ?? TimeSpan.Zero, bounds.AtMost ?? ages[0].AgeAt(now));
        var middle = ages[1..^1].MinBy(entry => ((least + most) / 2 - entry.AgeAt(now)).Duration())!;
        return [ages[0], middle, ages[^1]];
    }

    /// <summary>What a run can come to.</summary>
    public static (int Requests, int Sessions) Most(WindowMemory memory, DateTimeOffset now)
    {
        var repeats = Choose(memory, now).Count;
        var unknown = memory.Entries.Count(entry => entry.SessionId is null);
        return ((New * RequestsForOneNew) + (repeats * RequestsForOneRepeat) + (unknown * RequestsForOneUnknown), New + (2 * repeats));
    }

    /// <summary>Ages about which nothing is known yet, and when the first key reaches each; soonest first.</summary>
    /// <param name="memory">The keys.</param>
    /// <param name="setting">The window that is set: an age of interest too.</param>
    /// <param name="now">From when on.</param>
    public static IReadOnlyList<(TimeSpan Age, DateTimeOffset At)> Next(WindowMemory memory, TimeSpan setting, DateTimeOffset now)
    {
        var bounds = WindowBounds.Of(memory);
        var middle = bounds is { AtMost: { } most } ? (most + (bounds.AtLeast ?? TimeSpan.Zero)) / 2 : setting;
        return
        [
            .. Ages.Append(setting).Append(middle).Distinct().Where(age => age <= MaxOfInterest && bounds.IsOpen(age))
                .Select(age => (age, memory.Waiting.Where(entry => entry.AgeAt(now) < age).Select(entry => entry.MadeAt + age).Min()))
                .Where(next => next.Item2 is not null).Select(next => (next.age, next.Item2!.Value)).OrderBy(next => next.Value),
        ];
    }

    // Oldest first. Those that were never repeated before those whose repeat was not answered clearly.
    private static List<WindowEntry> OneOfEachAge(WindowMemory memory, DateTimeOffset now)
    {
        var chosen = new List<List<WindowEntry>>();
        foreach (var entry in memory.Waiting)
        {
            if (chosen.Count > 0 && IsOfOneAge(chosen[^1][0].AgeAt(now), entry.AgeAt(now)))
            {
                chosen[^1].Add(entry);
            }
            else
            {
                chosen.Add([entry]);
            }
        }

        return chosen.ConvertAll(entries => entries.MinBy(entry => entry.RepeatedAt is not null)!);
    }

    private static bool IsOfOneAge(TimeSpan older, TimeSpan younger) => older - younger < TimeSpan.FromMinutes(1) || younger > older * 0.98;
}
