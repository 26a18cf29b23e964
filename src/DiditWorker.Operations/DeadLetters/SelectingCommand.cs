using System.CommandLine;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>A command on some of the dead letters; its help tells those that choose them from those that say what to do.</summary>
internal sealed class SelectingCommand(string name, string description) : Command(name, description)
{
    private readonly HashSet<Symbol> _selection = [];

    /// <summary>Adds options that choose dead letters.</summary>
    public void AddSelection(params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
        {
            Add(option);
            _selection.Add(option);
        }
    }

    /// <summary>Adds the argument that chooses dead letters.</summary>
    public void AddSelection(Argument argument)
    {
        Add(argument);
        _selection.Add(argument);
    }

    /// <summary>Whether a symbol chooses dead letters.</summary>
    public bool Selects(Symbol symbol) => _selection.Contains(symbol);
}
