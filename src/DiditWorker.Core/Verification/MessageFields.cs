using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>
/// The members of one object by their known names, read without regard to case; notes what is wrong with them. Values never stand in a
/// fault: they may be personal.
/// </summary>
internal sealed class MessageFields
{
    private const int MaxNearMisses = 5;
    private const int MaxShownLength = 40;

    private readonly MemberNames _names;
    private readonly string _path;
    private readonly JsonElement[] _values;
    private readonly List<string> _unknown = [];
    private readonly HashSet<string> _misspelt = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    /// <param name="from">An object.</param>
    /// <param name="names">The known ones.</param>
    /// <param name="path">What stands before a name in a fault.</param>
    /// <param name="faults">Where to note faults; default a list of its own.</param>
    public MessageFields(JsonElement from, MemberNames names, string path = "", List<string>? faults = null)
    {
        (_names, _path, Faults) = (names, path, faults ?? []);
        _values = new JsonElement[names.Count];
        foreach (var member in from.EnumerateObject())
        {
            if (names.Find(member.Name) is var place && place < 0)
            {
                if (member.Value.ValueKind != JsonValueKind.Null)
                {
                    _unknown.Add(member.Name);
                }
            }
            else if (_values[place].ValueKind == JsonValueKind.Undefined)
            {
                _values[place] = member.Value;
            }
            else
            {
                NamedTwice(names[place]);
            }
        }
    }

    /// <summary>What was wrong so far, as <c>path: what</c>.</summary>
    public List<string> Faults { get; }

    /// <summary>A value; null if it is absent or null.</summary>
    public JsonElement? this[string name] =>
        _values[_names.Find(name)] is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value ? value : null;

    /// <summary>Notes a fault if something is broken.</summary>
    public void Fault(bool broken, string name, string what)
    {
        if (broken)
        {
            Faults.Add($"{_path}{name}: {what}");
        }
    }

    /// <summary>Notes unknown members that were most likely meant to be known ones. Null counts as absent here as well.</summary>
    public void RefuseNearMisses()
    {
        foreach (var found in _unknown)
        {
            if (_names.CloseTo(found, out var sameLetters) is { } meant && _misspelt.Add(meant))
            {
                Faults.Add($"found {Shown(found)}: {(sameLetters ? "names are in camelCase; " : "")}did you mean {_path}{meant}?");
                if (_misspelt.Count == MaxNearMisses)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Whether a member is missing, under a misspelt name as well.</summary>
    public bool IsAbsent(string name) => this[name] is null && !_misspelt.Contains(name);

    /// <summary>An object; null if it is absent or something else.</summary>
    public JsonElement? Object(string name)
    {
        var value = this[name];
        Fault(value is { ValueKind: not JsonValueKind.Object }, name, $"expected an object, got {value?.ValueKind}");
        return value?.ValueKind == JsonValueKind.Object ? value : null;
    }

    /// <summary>
    /// Text of 1 to <paramref name="longest"/> characters (Unicode scalar values); null if it is absent or no text at all.
    /// </summary>
    public string? Text(string name, int longest)
    {
        if (String(name) is not { } text)
        {
            return null;
        }

        var characters = text.EnumerateRunes().Count();
        Fault(characters < 1 || characters > longest, name, $"expected 1 to {longest} characters, got {characters}");
        return text;
    }

    /// <summary>Any text; null if it is absent or no text at all.</summary>
    public string? String(string name)
    {
        if (this[name] is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Fault(broken: true, name, $"expected a string, got {value.ValueKind}");
            return null;
        }

        var text = Decoded(value);
        Fault(text is null, name, "holds half of a surrogate pair, which is no text");
        return text;
    }

    /// <summary>What a string holds; null if that is half of a surrogate pair, which is no text.</summary>
    /// <param name="value">A string.</param>
    public static string? Decoded(JsonElement value)
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

    private string Shown(string found) =>
        found.Length <= MaxShownLength && found.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ' ')
            ? _path + found
            : "a misspelt member";

    private void NamedTwice(string name)
    {
        var fault = $"{_path}{name}: is named twice, in different case";
        if (!Faults.Contains(fault))
        {
            Faults.Add(fault);
        }
    }
}
