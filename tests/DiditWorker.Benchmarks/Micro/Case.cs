namespace DiditWorker.Benchmarks.Micro;

/// <summary>An input with the name that it has in the table.</summary>
public sealed record Case<T>(string Name, T Value)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}
