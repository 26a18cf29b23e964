using System.Text;
using System.Text.Json;
using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>Finds the mark of a probe in the metadata of a session.</summary>
internal static class Metadata
{
    public const string Member = "probe";

    /// <summary>There is no metadata.</summary>
    public const string None = "none";

    /// <summary>The mark; <see cref="None"/>; null if there is something that no probe has put there.</summary>
    public static string? MarkIn(JsonElement session) => session.Member("metadata") switch
    {
        null or { ValueKind: JsonValueKind.Null } => None,
        { ValueKind: JsonValueKind.Object } metadata => metadata.Text(Member),

        // Documented once as a string of JSON.
        { ValueKind: JsonValueKind.String } text when text.Text() is { } json =>
            LenientJson.TryParse(Encoding.UTF8.GetBytes(json))?.Text(Member),
        _ => null,
    };

    /// <summary>The row of a session in a list.</summary>
    public static JsonElement? Row(ProbeReply list, string session) =>
        Rows(list)?.Where(row => ProbeReply.IdIn(row) == session).Select(row => (JsonElement?)row).FirstOrDefault();

    /// <summary>
    /// The ids of the sessions in a list that are of this <c>vendor_data</c>: nothing is deleted on the word of a filter.
    /// </summary>
    public static IReadOnlyList<string> SessionsOf(string vendorData, ProbeReply list) =>
        [.. (Rows(list) ?? []).Where(row => row.Text("vendor_data") == vendorData).Select(ProbeReply.IdIn).OfType<string>()];

    /// <summary>The rows of a list; null if it is none.</summary>
    public static IEnumerable<JsonElement>? Rows(ProbeReply list) =>
        list is { Status: 200, Body: { } body } && body.Member("results") is { ValueKind: JsonValueKind.Array } rows
            ? rows.EnumerateArray() : null;
}
