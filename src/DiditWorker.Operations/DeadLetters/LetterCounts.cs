using System.Globalization;
using Spectre.Console;

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

    public void Print(IAnsiConsole console)
    {
        var table = new Table();
        table.AddColumns("queue", "group", "messages");
        foreach (var ((queue, group), count) in _counts)
        {
            table.AddRow(Markup.Escape(queue), Markup.Escape(group), count.ToString(CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    public object ToJson() => _counts.Select(row => new { row.Key.Queue, row.Key.Group, Messages = row.Value });
}
