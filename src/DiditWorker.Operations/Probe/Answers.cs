using System.Text.Json;

namespace DiditWorker.Operations.Probe;

/// <summary>Replies in words that hold no value of theirs: a body may have a token or a URL in it.</summary>
internal static class Answers
{
    private const int MaxNames = 5;

    public static string Of(ProbeReply reply) => reply switch
    {
        { Status: 0 } => "not at all, or too late",
        { IsSession: true } => $"{reply.Status} with a session",
        { Body: null or { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) } } => $"{reply.Status} without a JSON object",
        { Body: { ValueKind: JsonValueKind.Array } } => $"{reply.Status} with an array",
        { Body: { } body } => $"{reply.Status} with {string.Join(", ", Names(body).DefaultIfEmpty("nothing"))}",
    };

    private static IReadOnlyList<string> Names(JsonElement body)
    {
        try
        {
            return
            [
                .. body.EnumerateObject()
                    .Select(member => member.Name)
                    .Where(name => name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterLower(c) || c == '_'))
                    .Take(MaxNames),
            ];
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a name.
            return [];
        }
    }
}
