using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>The keys that a measurement of the window waits for, in a file between its runs. Nothing in it is secret.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="Address">Scheme, host and port of Didit.</param>
/// <param name="WorkflowId">Which workflow: a repeat must have the same body.</param>
/// <param name="Entries">The keys.</param>
internal sealed record WindowMemory(int Version, string Address, string WorkflowId, IReadOnlyList<WindowEntry> Entries)
{
    private const int CurrentVersion = 1;

    /// <summary>Keys that wait for their only repeat, oldest first.</summary>
    public IEnumerable<WindowEntry> Waiting =>
        Entries.Where(entry => entry is { SessionId: not null, MadeAt: not null, LastHonouredAt: null, ForgottenAt: null })
            .OrderBy(entry => entry.MadeAt);

    public static WindowMemory Begin(DiditOptions options, string workflowId) =>
        new(CurrentVersion, options.BaseAddress.GetLeftPart(UriPartial.Authority), workflowId, []);

    public static Task WriteAsync(string path, WindowMemory memory) =>
        VersionedFile.WriteAsync(path, memory, ProbeJson.Readable.WindowMemory);

    /// <exception cref="FormatException">It is no such file; the text says what is wrong.</exception>
    public static WindowMemory Read(string path)
    {
        const string what = "a file of diditworker probe --window";
        var memory = VersionedFile.Read(path, CurrentVersion, ProbeJson.Readable.WindowMemory, what);
        return memory.Entries.All(entry => entry is not null && IsPlain(entry.Key) && IsPlain(entry.VendorData))
            ? memory
            : throw new FormatException($"is not {what}: a key or a vendorData in it is none that this program makes");
    }

    private static bool IsPlain(string text) => text.Length is > 0 and < 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>With this entry added, or in the place of the one with its key.</summary>
    public WindowMemory With(WindowEntry entry) => Entries.Any(other => other.Key == entry.Key)
        ? this with { Entries = [.. Entries.Select(other => other.Key == entry.Key ? entry : other)] }
        : this with { Entries = [.. Entries, entry] };

    public WindowMemory Without(WindowEntry entry) => this with { Entries = [.. Entries.Where(other => other.Key != entry.Key)] };
}

/// <summary>One key.</summary>
/// <param name="Key">The <c>Idempotency-Key</c>.</param>
/// <param name="VendorData">Of its own.</param>
internal sealed record WindowEntry(string Key, string VendorData)
{
    /// <summary>The session that it made, deleted since; null if it is not known what the create came to.</summary>
    public string? SessionId { get; init; }

    /// <summary>When the create was answered.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>When a repeat was sent first; alone, it is not known what that came to.</summary>
    public DateTimeOffset? RepeatedAt { get; init; }

    /// <summary>When Didit was seen to remember the key.</summary>
    public DateTimeOffset? LastHonouredAt { get; init; }

    /// <summary>When Didit was seen to have forgotten it.</summary>
    public DateTimeOffset? ForgottenAt { get; init; }

    public TimeSpan AgeAt(DateTimeOffset time) => MadeAt is { } made ? time - made : TimeSpan.Zero;

    /// <inheritdoc />
    public override string ToString() => Key;
}
