using System.Globalization;
using System.Text.Json;

namespace DiditWorker.Didit;

/// <summary>What a request carried, in the forms in which Didit may quote it.</summary>
internal sealed class SentValues
{
    // Shorter ones are looked for as whole words only: masking every "a" or "en" would leave nothing to read.
    private const int ShortestRun = 3;

    // The rest of a longer one is found word by word. It bounds what a comparison may take.
    private const int MaxRunLength = 64;

    // What a phone number has in every notation, with or without the country's code.
    private const int DigitsOfNumber = 7;

    private static readonly string[] Dates =
        ["yyyy-MM-dd", "yyyyMMdd", "yyyy/MM/dd", "yyyy.MM.dd", "dd.MM.yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy"];

    private static readonly string[] DateForms =
    [
        "yyyyMMdd", "ddMMyyyy", "MMddyyyy", "yyMMdd", "ddMMyy", "MMddyy", "dMyyyy", "Mdyyyy", "yyyyMd",
        "dMMMyyyy", "ddMMMyyyy", "MMMdyyyy", "MMMddyyyy",
        "dMMMMyyyy", "ddMMMMyyyy", "MMMMdyyyy", "MMMMddyyyy",
    ];

    private readonly HashSet<string> _runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _all = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes every text and number from a request, and the names that the publisher chose: those of members of its members.
    /// </summary>
    public SentValues(JsonElement sent)
    {
        Add(sent, areNamesOurs: true);
        Everything = string.Join('\n', _all);
    }

    /// <summary>Looked for anywhere, also across blanks; 3 to 64 characters each.</summary>
    public IReadOnlyCollection<string> Runs => _runs;

    /// <summary>All of them, one a line.</summary>
    public string Everything { get; }

    /// <summary>Whether this word alone is one of them.</summary>
    public bool IsWord(string word) => _words.Contains(word) || _all.Contains(word);

    /// <summary>Whether it is a word of one of them; not those of two characters, which are too common.</summary>
    public bool IsPart(string word) => _parts.Contains(word);

    private void Add(JsonElement json, bool areNamesOurs)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    if (!areNamesOurs && !Masking.IsName(member.Name))
                    {
                        Add(member.Name);
                    }

                    Add(member.Value, areNamesOurs: false);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Add(item, areNamesOurs: false);
                }

                break;
            case JsonValueKind.String or JsonValueKind.Number:
                var value = json.ToString();
                Add(value);
                Add(NormalText.Decoded(value));
                break;
            default:
                break;
        }
    }

    private void Add(string value)
    {
        var text = NormalText.Of(value);
        var normal = text.Text;
        if (value.Length < 2 || normal.Length == 0 || !_all.Add(normal))
        {
            return;
        }

        AddRun(normal);
        _parts.UnionWith(text.Words.Where(word => word.End - word.Start >= ShortestRun).Select(word => word.Text));
        if (normal.Length >= DigitsOfNumber && normal.All(char.IsAsciiDigit))
        {
            AddRun(normal[^DigitsOfNumber..]);
        }

        foreach (var form in Dates)
        {
            if (DateTime.TryParseExact(
                value.AsSpan(0, Math.Min(value.Length, 10)), form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                AddDate(date);
            }
        }
    }

    private void AddDate(DateTime date)
    {
        _words.Add(date.ToString("yyyy", CultureInfo.InvariantCulture));
        foreach (var form in DateForms)
        {
            AddRun(NormalText.Of(date.ToString(form, CultureInfo.InvariantCulture)).Text);
        }
    }

    private void AddRun(string normal)
    {
        if (normal.Length >= ShortestRun)
        {
            _runs.Add(normal.Length <= MaxRunLength ? normal : normal[..MaxRunLength]);
        }
    }
}
