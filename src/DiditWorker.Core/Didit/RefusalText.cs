using System.Text;
using System.Text.Json;

namespace DiditWorker.Didit;

/// <summary>
/// Didit's own words for a refusal, in one line: a field map, possibly nested, a bare array, or <c>detail</c>, <c>message</c> or
/// <c>error</c>. Everything that the request carried is masked, since Didit may quote it and it may be personal.
/// </summary>
internal static class RefusalText
{
    private const int MaxLength = 500;

    // No more of a reply is read: a member's name stands before each of its values, so that a small reply could become a huge text.
    private const int MaxRead = 8 * 1024;

    private const string NoReason = "(no reason given)";
    private const string Withheld = "(Didit's words are withheld: the request carries too much that would have to be masked in them)";

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
                Describe(json, [], text);
            }
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8: what came before it is quoted.
        }

        // Only JSON is quoted: an HTML page of a proxy says nothing to an operator.
        var words = text.Length == 0 ? NoReason : Masking.Of(NormalText.Decoded(text.ToString()), sent) ?? Withheld;
        words = string.Concat(words.Select(c => char.IsControl(c) ? ' ' : c));
        words = words.Length <= MaxLength ? words : words[..MaxLength] + "…";

        // Nor is half a surrogate pair left, which no JSON can carry.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(words));
    }

    private static void Describe(JsonElement json, List<string> path, StringBuilder text)
    {
        if (text.Length > MaxRead)
        {
            return;
        }

        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    path.Add(member.Name);
                    Describe(member.Value, path, text);
                    path.RemoveAt(path.Count - 1);
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
                text.Append(text.Length == 0 ? "" : "; ")
                    .Append(path is [] or ["detail" or "message" or "error"] ? "" : string.Join('.', path) + ": ")
                    .Append(json);
                break;
        }
    }
}
