using DiditWorker.Idempotency;

namespace DiditWorker.DeadLetters;

/// <summary>A record explained to a person. Never says the URL of a session.</summary>
public static class RecordWords
{
    /// <summary>One sentence.</summary>
    public static string Of(IdempotencyRecord record, Memory memory) => record.State switch
    {
        RecordState.Completed => $"answered with session {Didit.DiditSession.FromPayload(record.Payload).Id}; first attempt {record.FirstAttempt:O}",
        RecordState.Refused => $"refused by Didit for good; first attempt {record.FirstAttempt:O}",
        _ => $"{(memory.Owned ? "an attempt may have been made: ambiguous" : $"being worked on until {record.LeaseUntil:O}")}; "
            + $"{record.Attempts} attempts, the first {record.FirstAttempt:O}, the last {record.LastAttempt:O}",
    };
}
