namespace DiditWorker.Operations.Probe;

/// <summary>What is known of how long Didit remembers a key.</summary>
/// <param name="AtLeast">The oldest age at which one was honoured.</param>
/// <param name="AtMost">The youngest age at which one had been forgotten.</param>
/// <param name="Honoured">How many keys were.</param>
/// <param name="Forgotten">How many keys were.</param>
internal sealed record WindowBounds(TimeSpan? AtLeast, TimeSpan? AtMost, int Honoured, int Forgotten)
{
    /// <summary>The longest window that a setting can have.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(30);

    // Clocks, and the time of a request.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>A key was honoured at an age at which another had been forgotten.</summary>
    public bool Contradictory => AtLeast - AtMost > Tolerance;

    public bool Measured => (AtLeast is not null || AtMost is not null) && !Contradictory;

    /// <summary>To whole seconds, downwards: what can be set.</summary>
    public TimeSpan Safe
    {
        get
        {
            var least = AtMost < AtLeast ? AtMost.Value : AtLeast ?? TimeSpan.Zero;
            return least > MaxWindow ? MaxWindow : TimeSpan.FromSeconds(Math.Floor(Math.Max(0, least.TotalSeconds)));
        }
    }

    public static WindowBounds Of(WindowMemory memory)
    {
        var honoured = memory.Entries.Where(entry => entry.LastHonouredAt is not null)
            .Select(entry => entry.AgeAt(entry.LastHonouredAt!.Value)).ToList();
        var forgotten = memory.Entries.Where(entry => entry.ForgottenAt is not null).Select(entry => entry.AgeAt(entry.ForgottenAt!.Value))
            .ToList();
        return new(
            honoured.Count > 0 ? honoured.Max() : null, forgotten.Count > 0 ? forgotten.Min() : null, honoured.Count, forgotten.Count);
    }

    /// <summary>Whether repeating a key of this age could tell something new.</summary>
    public bool IsOpen(TimeSpan age) => !Contradictory && age > (AtLeast ?? TimeSpan.Zero) && (AtMost is null || age < AtMost);

    /// <summary>As a report has it.</summary>
    public Finding ToFinding() => new(FindingIds.HeaderWindow, Measured ? "measured" : Finding.Inconclusive, Words(), Numbers())
    {
        Assumes = "Didit remembers a key for Didit:IdempotencyWindow; only Didit:LookupBeforeResend other than Always relies on it",
        Follows = Follows(),
    };

    private string Words()
    {
        if (Honoured + Forgotten == 0)
        {
            return "no key was repeated with a clear reply yet";
        }

        var least = AtLeast is { } atLeast ? $"honoured up to an age of {Text(atLeast)} ({Honoured} keys)" : "no key was honoured";
        var most = AtMost is { } atMost ? $"forgotten from an age of {Text(atMost)} ({Forgotten} keys)" : "none was forgotten";
        return $"{least}; {most}" + (Contradictory ? "; that contradicts itself" : "");
    }

    private string Follows() => this switch
    {
        { Contradictory: true } =>
            "Didit does not keep to one window, or it has changed: Didit:LookupBeforeResend Always; a new file begins again",
        { Measured: false } => "not known: Didit:LookupBeforeResend Always",
        { Safe: var safe } when safe == TimeSpan.Zero =>
        "a key protects nothing: Didit:LookupBeforeResend Always, under which Didit:IdempotencyWindow is only how long records live",
        _ => $"Didit:IdempotencyWindow at most {Text(Safe)} where Didit:LookupBeforeResend is not Always",
    };

    private Dictionary<string, double>? Numbers()
    {
        if (!Measured)
        {
            return null;
        }

        var numbers = new Dictionary<string, double>(StringComparer.Ordinal) { ["atLeast"] = Safe.TotalSeconds };
        if (AtMost is { } atMost)
        {
            numbers["atMost"] = Math.Ceiling(atMost.TotalSeconds);
        }

        return numbers;
    }

    private static string Text(TimeSpan time) => $"{TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds)):c}";
}
