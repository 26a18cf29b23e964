using System.Globalization;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>Which dead letters a command means; what is not set does not restrict.</summary>
public sealed record DeadLetterFilter
{
    /// <summary><c>error</c>, <c>skipped</c>, or the name of a queue.</summary>
    public string? Queue { get; init; }

    /// <summary>As <c>list</c> shows it.</summary>
    public string? Group { get; init; }

    /// <summary>Parked no earlier.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Parked before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Request ids, keys or references; empty: all.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>The beginning of <see cref="DeadLetter.VendorDataHash"/>.</summary>
    public string? VendorDataHash { get; init; }

    /// <summary>Where in the window.</summary>
    public WindowState? State { get; init; }

    /// <summary>At most so many, the oldest in the queue first.</summary>
    public int? Limit { get; init; }

    /// <summary>References of a frozen selection.</summary>
    public IReadOnlySet<string>? References { get; init; }

    /// <summary>Whether it is meant, <see cref="Limit"/> and <see cref="Queue"/> aside.</summary>
    public bool Takes(DeadLetter letter, WindowAge age) =>
        (References is null || References.Contains(letter.Reference))
        && (Group is null || string.Equals(letter.Group, Group, StringComparison.OrdinalIgnoreCase))
        && (Since is null || letter.FaultedAt >= Since)
        && (Until is null || letter.FaultedAt < Until)
        && (Ids.Count == 0 || Ids.Any(id => IsNamed(letter, id)))
        && (VendorDataHash is null || letter.VendorDataHash?.StartsWith(VendorDataHash, StringComparison.OrdinalIgnoreCase) == true)
        && (State is null || age.State == State || (State == WindowState.Inside && age.State == WindowState.NearTheEnd));

    /// <summary>Whether this is one of its names.</summary>
    public static bool IsNamed(DeadLetter letter, string id) =>
        letter.Reference == id
        || letter.Delivery?.RequestId == Protocol.RequestId.Normalize(id)
        || string.Equals(letter.Delivery?.Key.ToString(), id, StringComparison.OrdinalIgnoreCase);

    /// <summary>As it is given to a command.</summary>
    public string AsWords() => string.Join(' ', Ids.Select(ShellWord.Of)
        .Concat(Restrictions(WindowStates.InWords).Select(one => $"--{one.Name} {ShellWord.Of(one.Value!)}"))
        .Concat(References is null ? [] : [$"the {Words.Count(References.Count, "reference")} of --plan"]));

    /// <summary>For the audit: what was asked for, without contents.</summary>
    public override string ToString() => string.Join(' ', Restrictions(state => state.ToString())
        .Select(one => $"{one.Name}={one.Value}")
        .Concat(Ids.Select(id => $"id={id}"))
        .Concat(Limit is { } limit ? [string.Create(CultureInfo.InvariantCulture, $"limit={limit}")] : [])
        .Concat(References is null ? [] : [$"{References.Count} frozen"])
        .DefaultIfEmpty("all"));

    // Those that are set, but for the ids, by the names of their options.
    private IEnumerable<(string Name, string? Value)> Restrictions(Func<WindowState, string> window) => new (string Name, string? Value)[]
    {
        ("queue", Queue), ("group", Group), ("since", Since?.ToString("O")), ("until", Until?.ToString("O")),
        ("vendor-data-hash", VendorDataHash), ("window", State is { } state ? window(state) : null),
    }.Where(one => one.Value is not null);
}
