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

    /// <summary>Request id, key or reference.</summary>
    public string? Id { get; init; }

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
        && (Id is null || IsNamed(letter, Id))
        && (VendorDataHash is null || letter.VendorDataHash?.StartsWith(VendorDataHash, StringComparison.OrdinalIgnoreCase) == true)
        && (State is null || age.State == State || (State == WindowState.Inside && age.State == WindowState.NearTheEnd));

    private static bool IsNamed(DeadLetter letter, string id) =>
        letter.Reference == id
        || letter.Delivery?.RequestId == Protocol.RequestId.Normalize(id)
        || string.Equals(letter.Delivery?.Key.ToString(), id, StringComparison.OrdinalIgnoreCase);

    /// <summary>As it is given to a command.</summary>
    public string AsOptions() => string.Join(' ', new[]
    {
        Given("--queue", Queue), Given("--group", Group), Given("--since", Since?.ToString("O")), Given("--until", Until?.ToString("O")),
        Given("--id", Id), Given("--vendor-data-hash", VendorDataHash), State is { } state ? $"--window {InWords(state)}" : null,
        References is null ? null : $"the {Words.Count(References.Count, "reference")} of --plan",
    }.OfType<string>());

    private static string? Given(string option, string? value) => value is null ? null : $"{option} {ShellWord.Of(value)}";

    private static string InWords(WindowState state) => state switch
    {
        WindowState.NearTheEnd => "near-the-end",
        WindowState.Inside => "inside",
        WindowState.Expired => "expired",
        _ => "unknown",
    };

    /// <summary>For the audit: what was asked for, without contents.</summary>
    public override string ToString() => string.Join(' ', new[]
    {
        Part("queue", Queue), Part("group", Group), Part("since", Since?.ToString("O")), Part("until", Until?.ToString("O")),
            Part("id", Id),
        Part("vendor-data-hash", VendorDataHash), Part("window", State?.ToString()),
            Part("limit", Limit?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        References is null ? null : $"{References.Count} frozen",
    }.OfType<string>().DefaultIfEmpty("all"));

    private static string? Part(string name, string? value) => value is null ? null : $"{name}={value}";
}
