namespace DiditWorker.Simulator;

/// <summary>A setting, fault, session or status that the simulator refuses; the control API answers it with 400.</summary>
/// <param name="errors">What is wrong, by camelCase field name.</param>
public sealed class InvalidInputException(IReadOnlyDictionary<string, string> errors)
    : ArgumentException(string.Join("; ", errors.Select(e => $"{e.Key}: {e.Value}")))
{
    /// <summary>What is wrong, by camelCase field name.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; } = errors;

    internal static InvalidInputException For(string field, string message) =>
        new(new Dictionary<string, string>(StringComparer.Ordinal) { [field] = message });
}

/// <summary>Collects what is wrong with an input, so that all of it is told at once.</summary>
internal sealed class FieldErrors
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);
    private readonly SortedDictionary<string, string> _found = new(StringComparer.Ordinal);

    public void When(bool wrong, string field, string message)
    {
        if (wrong)
        {
            _found.TryAdd(field, message);
        }
    }

    public void WhenNegative(TimeSpan? value, string field) => When(value < TimeSpan.Zero, field, "must be 00:00:00 or more");

    public void WhenNotADelay(TimeSpan? value, string field) =>
        When(value < TimeSpan.Zero || value > MaxDelay, field, "must be from 00:00:00 to 1.00:00:00");

    public void ThrowIfAny()
    {
        if (_found.Count > 0)
        {
            throw new InvalidInputException(_found);
        }
    }
}
