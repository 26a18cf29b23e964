using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace DiditWorker.Didit;

/// <summary>
/// A text as somebody else may write it again: its letters and digits alone, in lower case, without accents and with the spellings of
/// passports (<c>Müller</c>, <c>MUELLER</c> and <c>muller</c> are one), and where in the text its words stand.
/// </summary>
/// <param name="words">Runs of letters and digits, in their order.</param>
internal sealed partial class NormalText(IReadOnlyList<NormalText.Word> words)
{
    // Without accents, from U+00C0 and from U+1E00 on; "?": it has no such form. .NET's own normalisation needs ICU, which the worker runs
    // without.
    private const char FirstLatin = '\u00c0';
    private const string Latin =
        "aaaaaaaceeeeiiiidnooooo?ouuuuytsaaaaaaaceeeeiiiidnooooo?ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggg"
        + "hhhhiiiiiiiiiiiijjkkkllllllllllnnnnnn?nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs????????"
        + "????????????????????????oo?????????????uu???????????????????dddlllnnnaaiioouuuuuuuuuu?aaaa????ggkkoo"
        + "oo??jdddgg??nnaa????aaaaeeeeiiiioooorrrruuuusstt??hh??????aaeeooooooooyy????????????????????????????";

    private const char FirstAdditional = '\u1e00';
    private const string Additional =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssss"
        + "ssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas????aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeee"
        + "iiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????";

    /// <summary>Runs of letters and digits, in their order.</summary>
    public IReadOnlyList<Word> Words { get; } = words;

    /// <summary>All words, one after another.</summary>
    public string Text { get; } = string.Concat(words.Select(word => word.Text));

    /// <summary>Without the escapes of an address, a page or JSON, in which a name would not be known again.</summary>
    public static string Decoded(string text) => EscapedCharacter().Replace(
        WebUtility.HtmlDecode(Uri.UnescapeDataString(text)), match => $"{(char)Convert.ToUInt16(match.Groups["code"].Value, 16)}");

    /// <summary>Reads a text.</summary>
    public static NormalText Of(string text)
    {
        var words = new List<Word>();
        var normal = new StringBuilder();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var kind = i == text.Length ? UnicodeCategory.Control : char.GetUnicodeCategory(text[i]);
            if (kind is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            {
                continue;
            }

            if (kind is UnicodeCategory.Surrogate || (i < text.Length && char.IsLetterOrDigit(text[i])))
            {
                start = start < 0 ? i : start;
                Append(normal, Folded(text[i]));
            }
            else if (start >= 0)
            {
                words.Add(new(start, i, normal.ToString()));
                normal.Clear();
                start = -1;
            }
        }

        return new(words);
    }

    // A letter that is doubled counts once, for ß and ss, å and aa; and an e after a, o or u not at all, for ä and ae.
    private static void Append(StringBuilder normal, char c)
    {
        var last = normal.Length == 0 ? ' ' : normal[^1];
        if (char.IsAsciiDigit(c) || (c != last && !(c == 'e' && last is 'a' or 'o' or 'u')))
        {
            normal.Append(c);
        }
    }

    private static char Folded(char c)
    {
        var folded = c switch
        {
            >= FirstLatin and < (char)(FirstLatin + 400) => Latin[c - FirstLatin],
            >= FirstAdditional and <= '\u1eff' => Additional[c - FirstAdditional],

            // Full width, as East Asian keyboards write them.
            >= '\uff21' and <= '\uff3a' or >= '\uff41' and <= '\uff5a' => (char)((c - '\uff21') % 32 + 'a'),
            _ => '?',
        };
        return folded != '?' ? folded
            : CharUnicodeInfo.GetDecimalDigitValue(c) is >= 0 and var digit ? (char)('0' + digit)
            : char.ToLowerInvariant(c);
    }

    [GeneratedRegex(@"\\u(?<code>[0-9A-Fa-f]{4})|\\x(?<code>[0-9A-Fa-f]{2})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EscapedCharacter();

    /// <summary>One word.</summary>
    /// <param name="Start">Where it begins.</param>
    /// <param name="End">Where it is over.</param>
    /// <param name="Text">In its normal form.</param>
    internal readonly record struct Word(int Start, int End, string Text)
    {
        public bool IsNumber => Text.All(char.IsAsciiDigit);

        /// <summary>Without the word: it may be personal.</summary>
        public override string ToString() => $"{Start}..{End}";
    }
}
