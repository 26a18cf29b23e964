using System.Text.Json.Nodes;
using UUIDNext;

namespace DiditWorker.Operations.Probe;

/// <summary>One run of the measurement of the window: repeats keys of earlier runs, and makes new ones for later runs.</summary>
/// <param name="client">Sends.</param>
/// <param name="memory">What earlier runs left.</param>
/// <param name="save">
/// Keeps what is known; called before each request that changes something, so that a killed run leaves no false evidence.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class WindowProbe(ProbeClient client, WindowMemory memory, Func<WindowMemory, Task> save, TimeProvider time)
{
    /// <summary>Sessions deleted after one step: one for the repeat, one for its control.</summary>
    public const int MaxDeletions = 2;

    /// <summary>What is known now.</summary>
    public WindowMemory Memory { get; private set; } = memory;

    /// <summary>Keys whose repeat in this run was not answered clearly.</summary>
    public int Unclear { get; private set; }

    /// <summary>Keys whose create in this run was not answered clearly.</summary>
    public int NotMade { get; private set; }

    /// <summary>Runs.</summary>
    /// <exception cref="ProbeStoppedException">Didit wants money or refuses the key. What was found before is kept.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var chosen = WindowPlan.Choose(Memory, time.GetUtcNow());
        foreach (var entry in Memory.Entries.Where(entry => entry.SessionId is null).ToList())
        {
            await DeleteAsync(entry.VendorData, look: true, cancellation);
            await SaveAsync(Memory.Without(entry));
        }

        foreach (var entry in chosen)
        {
            await RepeatAsync(entry, cancellation);
        }

        for (var i = 0; i < WindowPlan.New; i++)
        {
            await MakeAsync(cancellation);
        }
    }

    /// <summary>Tries again to delete what could not be deleted.</summary>
    public async Task DeleteLeftAsync(CancellationToken cancellation)
    {
        foreach (var id in client.Sessions)
        {
            await client.DeleteAsync(id, cancellation);
        }
    }

    // The session is deleted at once: an unfinished one could be handed back for its vendor_data, which would look like an honoured key.
    private async Task MakeAsync(CancellationToken cancellation)
    {
        var entry = new WindowEntry("diditworker-window-" + Uuid.NewRandom(), "diditworker-window-" + Uuid.NewRandom());
        await SaveAsync(Memory.With(entry));
        var reply = await client.CreateAsync(Body(entry), entry.Key, cancellation);
        var made = reply.IsSession ? entry with { SessionId = reply.SessionId, MadeAt = reply.Received } : null;
        NotMade += made is null ? 1 : 0;
        if (made is not null)
        {
            await SaveAsync(Memory.With(made));
        }

        await DeleteAsync(entry.VendorData, look: made is null, cancellation);
        if (made is null)
        {
            await SaveAsync(Memory.Without(entry));
        }
    }

    private async Task RepeatAsync(WindowEntry entry, CancellationToken cancellation)
    {
        // Saved before it is sent: whatever becomes of this run, a later one knows that the key may have been prolonged here, or made
        // again.
        await SaveAsync(Memory.With(entry with { RepeatedAt = entry.RepeatedAt ?? time.GetUtcNow() }));
        var reply = await client.CreateAsync(Body(entry), entry.Key, cancellation);
        var forgotten = reply.IsSession && reply.SessionId != entry.SessionId;
        var remembered = (reply.IsSession && !forgotten) || reply.Status == 409;

        // The same session, or 409, for the sake of the key? Not if another key has the same effect.
        var control = remembered ? await client.CreateAsync(Body(entry), "diditworker-window-" + Uuid.NewRandom(), cancellation) : null;
        var confirmed = control is { IsSession: true } && control.SessionId != entry.SessionId;
        if (forgotten)
        {
            await SaveAsync(Memory.With(entry with { ForgottenAt = reply.Received }));
        }
        else if (confirmed)
        {
            await SaveAsync(Honoured(entry, reply) is { } honoured ? Memory.With(honoured) : Memory.Without(entry));
        }
        else
        {
            Unclear++;
        }

        await DeleteAsync(entry.VendorData, look: !reply.IsSession || control is { IsSession: false }, cancellation);
    }

    // After an earlier repeat without a clear reply, the same session tells only that the key was remembered then: had it been forgotten,
    // there would be another session; but it may have been prolonged. 409 does not tell of which session, so nothing, and the key is given
    // up.
    private static WindowEntry? Honoured(WindowEntry entry, ProbeReply reply) => entry.RepeatedAt is null
        ? entry with { LastHonouredAt = reply.Sent }
        : reply.IsSession ? entry with { LastHonouredAt = entry.RepeatedAt } : null;

    private JsonObject Body(WindowEntry entry) => new() { ["workflow_id"] = Memory.WorkflowId, ["vendor_data"] = entry.VendorData };

    private async Task DeleteAsync(string vendorData, bool look, CancellationToken cancellation)
    {
        var ids = client.Sessions.ToHashSet(StringComparer.Ordinal);
        if (look)
        {
            ids.UnionWith(await Lists.SessionsAsync(client, vendorData, cancellation));
        }

        foreach (var id in ids.Take(MaxDeletions))
        {
            await client.DeleteAsync(id, cancellation);
        }
    }

    private Task SaveAsync(WindowMemory now)
    {
        Memory = now;
        return save(now);
    }
}
