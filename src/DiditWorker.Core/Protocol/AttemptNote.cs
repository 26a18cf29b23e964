using System.Globalization;

namespace DiditWorker.Protocol;

/// <summary>
/// What became of the attempts at a request so far, all deliveries together. It stands in the record while that is in progress, in the
/// place of the answer: the next owner and the operator read it. An older worker passes over it.
/// </summary>
/// <param name="Attempts">How often Didit was tried for this request.</param>
/// <param name="LastError">What the last try ended with, in a few words of ours: never anything of the message.</param>
/// <param name="LastAt">When that was, by the clock of the host that tried.</param>
/// <param name="NextTry">Not before when Didit is tried again, by the same clock.</param>
public sealed record AttemptNote(int Attempts, string LastError, DateTimeOffset LastAt, DateTimeOffset NextTry)
{
    /// <summary>Of <see cref="LastError"/>, in characters; what is longer is cut off.</summary>
    public const int MaxErrorLength = 200;

    private const string Mark = "n1";
    private const int Fields = 5;

    /// <summary>As it is stored: <c>n1 attempts last next error</c>, separated by blanks, times in milliseconds since 1970.</summary>
    public string ToText()
    {
        var words = string.Concat(LastError.Take(MaxErrorLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Mark} {Attempts} {LastAt.ToUnixTimeMilliseconds()} {NextTry.ToUnixTimeMilliseconds()} {words}");
    }

    /// <summary>
    /// Reads what <see cref="ToText"/> wrote. Null: it is another text. A note only helps, so a damaged one stops nothing.
    /// </summary>
    public static AttemptNote? Parse(string text)
    {
        Span<Range> parts = stackalloc Range[Fields];
        var span = text.AsSpan();
        return span.Split(parts, ' ') == Fields && span[parts[0]] is Mark
            && int.TryParse(span[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var attempts)
            && IdempotencyRecord.Time(span[parts[2]]) is { } last && IdempotencyRecord.Time(span[parts[3]]) is { } next
            && text.Length - parts[4].Start.Value <= MaxErrorLength
                ? new(attempts, text[parts[4]], last, next)
                : null;
    }

    /// <summary>Without what it holds.</summary>
    public override string ToString() => nameof(AttemptNote);
}
