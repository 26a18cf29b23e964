using System.Collections.Frozen;
using System.Globalization;

namespace DiditWorker.Verification;

/// <summary>
/// The names of the members that an object may have, read without regard to case; tells which one a misspelt name comes close to.
/// </summary>
/// <remarks>
/// A name is close if it is the same but for case, hyphens, underscores, blanks and what cannot be seen, and for up to two letters: one in
/// names of fewer than 8 letters, none in names of fewer than 5, since short names have harmless neighbours.
/// </remarks>
internal sealed class MemberNames
{
    // More cannot be a slip, and names are compared letter by letter.
    private const int MaxComparedLength = 64;

    private readonly string[] _names;
    private readonly string[] _bare;
    private readonly FrozenDictionary<string, int> _places;

    public MemberNames(params string[] names)
    {
        _names = names;
        _bare = [.. names.Select(name => name.ToLowerInvariant())];
        _places = names.Index().ToFrozenDictionary(name => name.Item, name => name.Index, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>How many there are.</summary>
    public int Count => _names.Length;

    /// <summary>As it is written.</summary>
    public string this[int place] => _names[place];

    /// <summary>Its place; -1 if it is unknown.</summary>
    public int Find(string name) => _places.GetValueOrDefault(name, -1);

    /// <summary>The name that an unknown one comes closest to; null if it comes close to none.</summary>
    /// <param name="found">The unknown one.</param>
    /// <param name="sameLetters">Whether all letters are the same.</param>
    public string? CloseTo(string found, out bool sameLetters)
    {
        sameLetters = false;
        if (found.Length > MaxComparedLength)
        {
            return null;
        }

        var bare = string.Concat(found.Where(IsLetterOrSign)).ToLowerInvariant();
        var (closest, distance) = (default(string), int.MaxValue);
        for (var i = 0; i < _names.Length; i++)
        {
            var allowed = Slips(_bare[i]);
            if (EditDistance.Between(bare, _bare[i], allowed) is var slips && slips <= allowed && slips < distance)
            {
                (closest, distance) = (_names[i], slips);
            }
        }

        sameLetters = distance == 0;
        return closest;
    }

    private static int Slips(string name) => name.Length switch { < 5 => 0, < 8 => 1, _ => 2 };

    private static bool IsLetterOrSign(char c) => !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c)
        is not (UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
            or UnicodeCategory.Format or UnicodeCategory.Control);
}
