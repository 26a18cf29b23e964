using System.Globalization;

namespace DiditWorker.Protocol;

/// <summary>What is known of a request.</summary>
public enum RecordState
{
    /// <summary>Claimed: an attempt may be under way (live lease) or may have been made (lease over): ambiguous.</summary>
    InProgress,

    /// <summary>Answered with a session.</summary>
    Completed,

    /// <summary>Refused by Didit for good.</summary>
    Refused,
}

/// <summary>
/// What Redis holds under the key: one string, so that state, fingerprint and TTL are always set in one step.
/// </summary>
public sealed record IdempotencyRecord
{
    /// <summary>What is known.</summary>
    public required RecordState State { get; init; }

    /// <summary>Of the payload that came first.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Token of the delivery that wrote last; writes of any other are refused.</summary>
    public required string Owner { get; init; }

    /// <summary>Until when the owner may work, by the clock of Redis; in the past once given back.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>When the key was first claimed; the window counts from here and never slides.</summary>
    public required DateTimeOffset FirstAttempt { get; init; }

    /// <summary>When it was last claimed or renewed.</summary>
    public required DateTimeOffset LastAttempt { get; init; }

    /// <summary>Claims and failures that count against the request, this claim included.</summary>
    public required int Attempts { get; init; }

    /// <summary>The stored answer; while in progress the text of <see cref="Note"/>, or empty.</summary>
    public required string Payload { get; init; }

    private const int Fields = 9;

    // A worker that does not know a version waits, so that it can share a queue with a newer one during an upgrade.
    private const string Version = "1";

    /// <summary>What became of the attempts so far; null if nothing was noted, or the request is answered.</summary>
    public AttemptNote? Note => State == RecordState.InProgress && Payload.Length > 0 ? AttemptNote.Parse(Payload) : null;

    /// <summary>
    /// Reads <c>version state fingerprint owner lease first last attempts payload</c>, separated by blanks, times in milliseconds since
    /// 1970. The scripts in <c>Scripts/</c> write it.
    /// </summary>
    /// <exception cref="UnknownRecordException">The text is of another version or damaged.</exception>
    public static IdempotencyRecord Parse(string text)
    {
        Span<Range> parts = stackalloc Range[Fields];
        var span = text.AsSpan();
        if (span.Split(parts, ' ') != Fields || StateOf(span[parts[1]]) is not { } state || span[parts[0]] is not Version
            || Time(span[parts[4]]) is not { } lease || Time(span[parts[5]]) is not { } first || Time(span[parts[6]]) is not { } last
            || !int.TryParse(span[parts[7]], NumberStyles.None, CultureInfo.InvariantCulture, out var attempts))
        {
            throw new UnknownRecordException();
        }

        return new()
        {
            State = state,
            Fingerprint = text[parts[2]],
            Owner = text[parts[3]],
            LeaseUntil = lease,
            FirstAttempt = first,
            LastAttempt = last,
            Attempts = attempts,
            Payload = text[parts[8]],
        };
    }

    /// <summary>
    /// The text up to the payload, as the scripts write it: tells this record from every other that stood or will stand there.
    /// </summary>
    public string Head() => string.Create(CultureInfo.InvariantCulture,
        $"{Version} {LetterOf(State)} {Fingerprint} {Owner} {LeaseUntil.ToUnixTimeMilliseconds()} "
            + $"{FirstAttempt.ToUnixTimeMilliseconds()} {LastAttempt.ToUnixTimeMilliseconds()} {Attempts} ");

    private static char LetterOf(RecordState state) => state switch
    {
        RecordState.InProgress => 'P',
        RecordState.Completed => 'C',
        _ => 'R',
    };

    private static RecordState? StateOf(ReadOnlySpan<char> letter) => letter switch
    {
        "P" => RecordState.InProgress,
        "C" => RecordState.Completed,
        "R" => RecordState.Refused,
        _ => null,
    };

    /// <summary>A time as the scripts write it; null: it is no such text.</summary>
    internal static DateTimeOffset? Time(ReadOnlySpan<char> milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 253402300800000
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : null;

    /// <summary>Without what it holds: whoever has the URL in its answer can take the verification.</summary>
    public override string ToString() => $"{nameof(IdempotencyRecord)} {State}";
}

/// <summary>
/// A record that this version cannot read, for example of a newer worker during a rolling upgrade. It is neither trusted nor
/// overwritten: the message waits.
/// </summary>
public sealed class UnknownRecordException() : Exception("The record has an unknown format; was it written by a newer DiditWorker?");
