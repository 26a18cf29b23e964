using System.Text;
using System.Text.Json;

namespace DiditWorker.Didit;

/// <summary>
/// Masks in Didit's words what a request carried, however it is written there: in other case, without accents, with or without blanks, a
/// date in another order, a phone number without its country. In doubt it masks.
/// </summary>
internal static class Masking
{
    private const string Mask = "***";

    /// <summary>
    /// Comparisons that one text may take: characters of it, times what is looked for in it. The publisher has the one in his hands and can
    /// bring Didit to quote much of it, so without a bound one message could keep the worker busy for minutes.
    /// </summary>
    public const long MaxWork = 8_000_000;

    // Within one word a shorter one is found too; across words it would be found by chance.
    private const int ShortestAcrossWords = 6;

    // A shorter word stands within something by chance.
    private const int ShortestPart = 4;

    // Words of Didit's member names: they tell which member is meant, and nothing of anybody.
    private static readonly HashSet<string> Names = NormalText.Of(
        """
        vendor_data workflow_id callback callback_method metadata language contact_details email email_lang phone send_notification_emails expected_details
        first_name last_name full_name date_of_birth gender nationality id_country poa_country address identification_number ip_address
        expected_document_types portrait_image sign session documents type code detail message error
        """).Words.Select(word => word.Text).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether this is the name of a member that Didit documents.</summary>
    public static bool IsName(string name) => NormalText.Of(name).Words.All(word => Names.Contains(word.Text));

    /// <summary>
    /// The text with <c>***</c> in place of what the request carried; null where that would take more than <see cref="MaxWork"/>.
    /// </summary>
    public static string? Of(string text, JsonElement sent)
    {
        var (normal, values) = (NormalText.Of(text), new SentValues(sent));
        if (Work(normal, values) > MaxWork)
        {
            return null;
        }

        var masked = new bool[normal.Words.Count];
        MaskRuns(normal, values, masked);
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] |= IsTaken(normal.Words[i].Text, values);
        }

        MaskNumbersBeside(normal, masked);
        return Write(text, normal, masked);
    }

    private static long Work(NormalText normal, SentValues values) =>
        ((long)values.Runs.Count * normal.Text.Length)
        + ((long)values.Everything.Length * normal.Words.Count(word => word.Text.Length >= ShortestPart));

    private static bool IsTaken(string word, SentValues values) => values.IsWord(word)
        || (!Names.Contains(word)
            && (values.IsPart(word) || (word.Length >= ShortestPart && values.Everything.Contains(word, StringComparison.Ordinal))));

    private static void MaskRuns(NormalText normal, SentValues values, bool[] masked)
    {
        // Which word each character belongs to, and whether it begins it.
        var wordOf = normal.Words.SelectMany((word, index) => Enumerable.Repeat(index, word.Text.Length)).ToArray();
        foreach (var run in values.Runs)
        {
            for (var at = normal.Text.IndexOf(run, StringComparison.Ordinal);
                at >= 0;
                at = normal.Text.IndexOf(run, at + 1, StringComparison.Ordinal))
            {
                var end = at + run.Length;
                var (first, last) = (wordOf[at], wordOf[end - 1]);
                var isWhole = (at == 0 || wordOf[at - 1] != first) && (end == wordOf.Length || wordOf[end] != last);
                if (first == last || isWhole || run.Length >= ShortestAcrossWords)
                {
                    masked.AsSpan(first..(last + 1)).Fill(true);
                }
            }
        }
    }

    // The rest of a phone number or date that is written in groups.
    private static void MaskNumbersBeside(NormalText normal, bool[] masked)
    {
        for (var i = 1; i < masked.Length; i++)
        {
            masked[i] |= masked[i - 1] && normal.Words[i].IsNumber && normal.Words[i - 1].IsNumber;
        }

        for (var i = masked.Length - 1; i > 0; i--)
        {
            masked[i - 1] |= masked[i] && normal.Words[i].IsNumber && normal.Words[i - 1].IsNumber;
        }
    }

    private static string Write(string text, NormalText normal, bool[] masked)
    {
        var written = new StringBuilder();
        var from = 0;
        for (var i = 0; i < masked.Length; i++)
        {
            if (!masked[i])
            {
                continue;
            }

            // What stands between two of them, or as a sign before a number, is a part of it.
            var start = normal.Words[i].Start;
            start = start > from && text[start - 1] == '+' ? start - 1 : start;
            written.Append(i > 0 && masked[i - 1] ? "" : text[from..start] + Mask);
            from = normal.Words[i].End;
        }

        return written.Append(text.AsSpan(from)).ToString();
    }
}
