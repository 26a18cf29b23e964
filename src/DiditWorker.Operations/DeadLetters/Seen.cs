namespace DiditWorker.Operations.DeadLetters;

/// <summary>What the passes of a command have come across, whether its filter took it or not.</summary>
public sealed class Seen
{
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);

    /// <summary>How many of each group.</summary>
    public IReadOnlyDictionary<string, int> Groups => _groups;

    /// <summary>How many.</summary>
    public int Total { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(DeadLetter letter)
    {
        Total++;
        _groups[letter.Group] = _groups.GetValueOrDefault(letter.Group) + 1;
    }
}
