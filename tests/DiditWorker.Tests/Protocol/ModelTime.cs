using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// The real times behind the model's: what the protocol is given. Within an era the clock stands still: what was "recent" becomes old by a
/// step.
/// </summary>
internal static class ModelTime
{
    public const string Workflow = "workflow";
    private static readonly DateTimeOffset First = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Window = TimeSpan.FromDays(1);
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan LookupDelay = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(15);

    /// <summary>Long before now, but well within the window.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromHours(1);

    /// <summary>How long after a failure its next try is due.</summary>
    public static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(500);

    /// <summary>A deadline that is not over in any era, and one that is over in all: it passes by becoming the other one.</summary>
    public static readonly DateTimeOffset Open = DateTimeOffset.MaxValue;

    /// <inheritdoc cref="Open"/>
    public static readonly DateTimeOffset Over = First;

    private const string Owner = "owner";
    private static readonly string[] Fingerprints = ["1.published", "1.other"];
    private static readonly DiditSession[] Sessions =
        [.. Enumerable.Range(0, 8).Select(n => new DiditSession
        {
            Id = $"{n}",
            Number = n,
            Url = "https://verify.example",
            Status = "Not Started",
            WorkflowId = Workflow,
            CreatedAt = First,
        })];

    /// <summary>Messages are published, tried and answered within seconds of an era's beginning; between eras the window passes.</summary>
    public static DateTimeOffset Of(int era) => First + (era * 2 * Window);

    public static int EraOf(DateTimeOffset time) => (int)Math.Round((time - First) / (2 * Window));

    /// <summary>The beginning of the era of a time.</summary>
    public static DateTimeOffset Start(DateTimeOffset time) => Of(EraOf(time));

    /// <summary>A moment of its own for each failure, so that their notes differ.</summary>
    public static DateTimeOffset Failure(int era, Budget left) => Of(era).AddMilliseconds(1 + left.NotSent + left.Timeouts);

    /// <summary>Of a failure after which the next try is not due yet; 0: it is.</summary>
    public static int NumberOf(AttemptNote note) =>
        note.NextTry > note.LastAt ? (int)(note.LastAt - Start(note.LastAt)).TotalMilliseconds : 0;

    public static DiditSession Session(int number) => Sessions[number];

    public static string Fingerprint(int number) => number < 0 ? "" : Fingerprints[number];

    public static DeliveryEvent Event(this State state, EventKind kind) => new(kind, Of(state.Era));

    /// <summary>Since when Redis remembers.</summary>
    public static DateTimeOffset Remembers(this State state) => state.Horizon switch
    {
        Horizon.Old => Of(state.Era - 1),
        Horizon.Young => Of(state.Era) - Old,
        _ => Of(state.Era),
    };

    /// <summary>The record as the worker reads it.</summary>
    public static IdempotencyRecord Real(this ModelRecord record, State state)
    {
        var now = Of(state.Era);
        var failed = now.AddMilliseconds(record.NotDueAfter);
        var note = record.NotDueAfter == 0 ? null : new AttemptNote(1, "", failed, failed + BackOff);
        return new()
        {
            State = record.State,
            Fingerprint = Fingerprint(record.Fingerprint),
            Owner = Owner,
            LeaseUntil = record.Live ? now + LongestRequest : DateTimeOffset.UnixEpoch,
            FirstAttempt = Of(record.First),
            LastAttempt = record.Recent ? now : now - Old,
            Attempts = record.Attempts,
            Payload = note?.ToText() ?? "",
        };
    }
}
