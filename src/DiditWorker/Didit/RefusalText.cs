using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DiditWorker.Didit;

/// <summary>
/// Didit's own words for a refusal, in one line: a field map, possibly nested, a bare array, or <c>detail</c>, <c>message</c> or <c>error</c>.
/// Everything that the request carried is masked, since Didit may quote it and it may be personal.
/// </summary>
internal static class RefusalText
{
    private const int Longest = 500;
    private const string Mask = "***";

    // Shorter texts are masked only as whole words: masking every "a" or "en" would leave nothing to read.
    private const int ShortestToMask = 3;

    public static string Read(byte[]? body, JsonElement sent)
    {
        if (body is null)
        {
            return "(the reply was too large to read)";
        }

        var text = new StringBuilder();
        try
        {
            if (LenientJson.TryParse(body) is { } json)
            {
                Describe(json, "", text);
            }
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8: what came before it is quoted.
        }

        // Only JSON is quoted: an HTML page of a proxy says nothing to an operator.
        var words = text.Length == 0 ? "(no reason given)" : text.ToString();
        foreach (var value in Strings(sent).Where(v => v.Length > 1).OrderByDescending(v => v.Length).Distinct(StringComparer.Ordinal))
        {
            words = value.Length >= ShortestToMask
                ? words.Replace(value, Mask, StringComparison.OrdinalIgnoreCase)
                : Regex.Replace(words, $@"(?<!\w){Regex.Escape(value)}(?!\w)", Mask, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        }

        words = string.Concat(words.Select(c => char.IsControl(c) ? ' ' : c));
        return words.Length <= Longest ? words : words[..Longest] + "…";
    }

    private static void Describe(JsonElement json, string path, StringBuilder text)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    Describe(member.Value, path.Length == 0 ? member.Name : path + "." + member.Name, text);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Describe(item, path, text);
                }

                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                text.Append(text.Length == 0 ? "" : "; ").Append(path is "" or "detail" or "message" or "error" ? "" : path + ": ").Append(json);
                break;
        }
    }

    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(m => Strings(m.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String or JsonValueKind.Number => [json.ToString()],
        _ => [],
    };
}
