using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>Reads members of a message and notes what is wrong with them. Values never stand in a fault: they may be personal.</summary>
internal sealed class MessageFields
{
    private readonly List<string> _faults = [];

    /// <summary>What was wrong so far, as <c>path: what</c>.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Notes a fault if something is broken.</summary>
    public void Fault(bool broken, string path, string what)
    {
        if (broken)
        {
            _faults.Add($"{path}: {what}");
        }
    }

    /// <summary>Whether a member is missing; null counts as that.</summary>
    public static bool IsAbsent(JsonElement from, string member) => !from.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null;

    /// <summary>An object; none if it is absent or something else.</summary>
    public JsonElement? Object(JsonElement from, string member)
    {
        if (IsAbsent(from, member))
        {
            return null;
        }

        var value = from.GetProperty(member);
        Fault(value.ValueKind != JsonValueKind.Object, member, $"expected an object, got {value.ValueKind}");
        return value.ValueKind == JsonValueKind.Object ? value : null;
    }

    /// <summary>Text of 1 to <paramref name="longest"/> characters (Unicode scalar values); none if it is absent or no text at all.</summary>
    public string? Text(JsonElement from, string member, string path, int longest)
    {
        if (IsAbsent(from, member))
        {
            return null;
        }

        var value = from.GetProperty(member);
        if (value.ValueKind != JsonValueKind.String)
        {
            Fault(broken: true, path, $"expected a string, got {value.ValueKind}");
            return null;
        }

        var text = Decode(value);
        var characters = text?.EnumerateRunes().Count() ?? 0;
        Fault(text is null, path, "holds half of a surrogate pair, which is no text");
        Fault(text is not null && (characters < 1 || characters > longest), path, $"expected 1 to {longest} characters, got {characters}");
        return text;
    }

    private static string? Decode(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
