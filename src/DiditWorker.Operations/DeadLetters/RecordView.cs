using System.Globalization;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>A record as people and scripts may see it: never the URL of its session.</summary>
public sealed record RecordView
{
    /// <summary>Its state.</summary>
    public required RecordState State { get; init; }

    /// <summary>What that means now.</summary>
    public required string Meaning { get; init; }

    /// <summary>What the worker would do with another delivery of the same message, by its own protocol.</summary>
    public required Choice NextDelivery { get; init; }

    /// <summary>The same in words.</summary>
    public required string NextDeliveryWould { get; init; }

    /// <summary>Token of the delivery that wrote last.</summary>
    public required string Owner { get; init; }

    /// <summary>While in progress: until when its owner may work. In the past: nobody does.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When the key was first claimed: the window counts from here.</summary>
    public required DateTimeOffset FirstAttempt { get; init; }

    /// <summary>When it was last claimed or renewed.</summary>
    public required DateTimeOffset LastAttempt { get; init; }

    /// <summary>How often Didit was tried for it, in all deliveries: the number that log and faults name.</summary>
    public required int Attempts { get; init; }

    /// <summary>How many claims and failures count against it, the last claim included.</summary>
    public required int Counted { get; init; }

    /// <summary><c>Idempotency:MaximumAttempts</c>: with as many that count it is parked.</summary>
    public required int MaximumAttempts { get; init; }

    /// <summary>What the last failed attempt ended with.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Not before when it is tried again, while it waits for that.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>From then on Didit is not taken to remember the key.</summary>
    public required DateTimeOffset WindowEnds { get; init; }

    /// <summary>How long the record lives on, in seconds.</summary>
    public long? TtlSeconds { get; init; }

    /// <summary>Of the payload that came first.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Of a completed record.</summary>
    public string? SessionId { get; init; }

    /// <summary>Of a completed record, where Didit gave one.</summary>
    public long? SessionNumber { get; init; }

    /// <summary>Didit's word when the worker got the session; not today's.</summary>
    public string? SessionStatus { get; init; }

    /// <summary>Of a refused record: Didit's words, with what came from the request masked.</summary>
    public string? Refusal { get; init; }

    /// <summary>Reads a record.</summary>
    /// <param name="memory">It has one.</param>
    /// <param name="ttl">How long it lives on; null: unknown.</param>
    /// <param name="settings">What the decision depends on.</param>
    /// <exception cref="FormatException">Its answer is damaged.</exception>
    public static RecordView Of(Memory memory, TimeSpan? ttl, ProtocolSettings settings)
    {
        var record = memory.Record!;
        var session = record.State == RecordState.Completed ? DiditSession.FromPayload(record.Payload) : null;

        // The message itself is not here: it is taken to be the one that came first, published when it was first attempted.
        var evidence = new Evidence(record.Fingerprint, record.FirstAttempt, MaybeAttempted: true);
        var decision = VerificationProtocol.Foresee(evidence, memory, settings, memory.At!.Value);
        return new()
        {
            State = record.State,
            Meaning = Meant(record, memory),
            NextDelivery = decision.Choice,
            NextDeliveryWould = InWords(decision, record),
            Owner = record.Owner,
            LeaseUntil = record.State == RecordState.InProgress ? record.LeaseUntil : null,
            FirstAttempt = record.FirstAttempt,
            LastAttempt = record.LastAttempt,
            Attempts = record.Note?.Attempts ?? record.Attempts,
            Counted = record.Attempts,
            LastError = record.Note?.LastError,
            LastErrorAt = record.Note?.LastAt,
            NextTry = record.Note?.NextTry > memory.At ? record.Note.NextTry : null,
            MaximumAttempts = settings.MaximumAttempts,
            WindowEnds = record.FirstAttempt + (settings.Window > settings.Margin ? settings.Window - settings.Margin : TimeSpan.Zero),
            TtlSeconds = (long?)ttl?.TotalSeconds,
            Fingerprint = record.Fingerprint,
            SessionId = session?.Id,
            SessionNumber = session?.Number,
            SessionStatus = session?.Status,
            Refusal = record.State == RecordState.Refused ? StoredAnswer.Refusal(record) : null,
        };
    }

    private static string Meant(IdempotencyRecord record, Memory memory) => record.State switch
    {
        RecordState.Completed => "completed: it has its session, and every repeat gets the same answer",
        RecordState.Refused => "refused: Didit has refused it for good",
        _ when !memory.Owned || record.Note?.NextTry > memory.At =>
            $"in progress: held by worker {OwnerToken.WorkerOf(record.Owner)}{Tries(record.Note, memory)}",
        _ => "in progress, but nobody works on it: an attempt may have made a session at Didit or not (ambiguous)"
            + Tries(record.Note, memory),
    };

    // Between two tries the lease is given back, and the message is held all the same.
    private static string Tries(AttemptNote? note, Memory memory) => note is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $", attempt {note.Attempts}, last: {note.LastError} at {note.LastAt:HH:mm:ss'Z'}")
        + (note.NextTry > memory.At ? $", next in {Words.Duration(note.NextTry - memory.At.Value)}" : "");

    private static string InWords(Decision decision, IdempotencyRecord record) => decision.Choice switch
    {
        Choice.AnswerFromRecord => "get the stored answer again, without a request to Didit",
        Choice.RejectRefused => "be rejected again with the stored words; only an operator's replay asks Didit again",
        Choice.RejectExpired or Choice.LookUpThenExpire => $"make no session: {decision.Because}",
        Choice.RejectMismatch => "be rejected: another payload came first under this id",
        Choice.WaitForNextTry =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"wait for the next try at {record.Note!.NextTry:HH:mm:ss'Z'}, and look at Didit for its session first"),
        Choice.WaitForOwner or Choice.WaitForRedis =>
        string.Create(
            CultureInfo.InvariantCulture, $"wait for that one, and take over if it is not done by {record.LeaseUntil:HH:mm:ss'Z'}"),
        Choice.ParkExhausted or Choice.ParkAmbiguous => $"be parked: {decision.Because}",
        Choice.Resend => $"be sent to Didit again under the same key: {decision.Because}",
        _ => "look at Didit for its session first, adopt it if it is there, and create one only if there is none",
    };

    /// <summary>Without what it holds: it may hold Didit's words.</summary>
    public override string ToString() => $"{nameof(RecordView)} {State}";
}
