namespace DiditWorker;

/// <summary>The configuration is wrong; a start, or a command that needs it, ends with 78 (<c>EX_CONFIG</c> of sysexits.h).</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<string> faults)
    : Exception("The configuration is wrong:" + string.Concat(faults.Select(f => Environment.NewLine + "  - " + f)))
{
    /// <summary>Every fault: key, value (secrets masked), what is expected.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
