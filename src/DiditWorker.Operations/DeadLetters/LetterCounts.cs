using System.Globalization;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>How many dead letters of which group in which queue.</summary>
internal sealed class LetterCounts
{
    private readonly SortedDictionary<(string Queue, string Group), int> _counts = [];

    public int Total => _counts.Values.Sum();

    public void Add(DeadLetter letter)
    {
        var key = (letter.Queue, letter.Group);
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>The groups of all queues, the most frequent first.</summary>
    public IReadOnlyList<(string Group, int Count)> ByGroup() =>
    [
        .. _counts.GroupBy(row => row.Key.Group, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Sum(row => row.Value))).OrderByDescending(group => group.Item2),
    ];

    public void Print(Output output) => output.WriteTable(
        ["queue", "group", "messages"],
        _counts.Select(row => new[] { row.Key.Queue, row.Key.Group, row.Value.ToString(CultureInfo.InvariantCulture) }));

    public object ToJson() => _counts.Select(row => new { row.Key.Queue, row.Key.Group, Messages = row.Value });
}
