using DiditWorker.Secrets;

namespace DiditWorker.Status;

/// <summary>Who may look at the status page.</summary>
public enum StatusAccessRule
{
    /// <summary>Nobody: there is no page.</summary>
    Off,

    /// <summary>A browser on the same machine that asks for it directly, by a name of that machine.</summary>
    Loopback,

    /// <summary>Whoever knows <see cref="StatusOptions.Token"/>.</summary>
    Token,

    /// <summary>Whoever reaches the port. Only where nobody else can.</summary>
    Anyone,
}

/// <summary>Settings of section <c>Status</c>.</summary>
public sealed record StatusOptions
{
    /// <summary>Who sees the status page: <c>Off</c>, <c>Loopback</c>, <c>Token</c>, <c>Anyone</c>.</summary>
    public StatusAccessRule Access { get; init; } = StatusAccessRule.Loopback;

    /// <summary>What a visitor must know. One of the two is required with <c>Token</c>, and refused with another access.</summary>
    /// <remarks>Allowed: 16 or more visible ASCII characters.</remarks>
    public Secret? Token { get => CurrentToken?.Invoke() ?? field; init; }

    /// <summary>The file with the token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Says what the file holds now; null without a file.</summary>
    internal Func<Secret>? CurrentToken { get; set; }
}
