using System.Globalization;
using System.Text.Json;

namespace DiditWorker.Didit;

/// <summary>Reads replies without trusting them: what is missing or of another type is simply not there.</summary>
internal static class LenientJson
{
    // Deeper than any documented reply; shallow enough to be safe.
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 32 };

    public static JsonElement? TryParse(byte[] utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Limits);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonElement? Member(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name)?.Text() is { Length: > 0 and < 4096 } text ? text : null;

    // Half a surrogate pair, or bytes that are no UTF-8, pass the parser and are refused only here.
    public static string? Text(this JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static long? Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(
            element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time)
            ? time
            : null;
}
