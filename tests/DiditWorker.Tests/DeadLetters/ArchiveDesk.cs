using DiditWorker.Operations.Archive;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Discards and imports at a <see cref="Desk"/>.</summary>
internal static class ArchiveDesk
{
    /// <summary>Begins an archive in the desk's folder.</summary>
    public static Task<ArchiveWriter> ArchiveAsync(this Desk desk, string name) =>
        ArchiveWriter.CreateAsync(desk.File(name), redact: false, Desk.Now);

    /// <summary>Discards what a filter takes.</summary>
    public static async Task<int> DiscardAsync(
        this Desk desk, string name, Operations.DeadLetters.DeadLetterFilter? filter = null, CancellationToken cancellation = default)
    {
        var count = 0;
        await using var archive = await desk.ArchiveAsync(name);
        await new Discard(desk.Queues).RunAsync(desk.Broker, filter ?? new(), archive, done => count += done, cancellation);
        return count;
    }

    /// <summary>Imports an archive.</summary>
    /// <returns>How many were published.</returns>
    public static async Task<int> ImportAsync(this Desk desk, string name, bool publish = true, string? target = null)
    {
        var import = new Import(desk.Queues, desk.File(name), target);
        import.Check();
        await import.RunAsync(desk.Broker, publish, _ => { }, CancellationToken.None);
        return import.Tallies.Values.Sum(tally => tally.Published);
    }

    /// <summary>The ids in an archive.</summary>
    public static IEnumerable<string?> IdsIn(this Desk desk, string name) =>
        File.Exists(desk.File(name)) ? ArchiveReader.Read(desk.File(name)).Select(letter => letter.Properties.MessageId) : [];
}
