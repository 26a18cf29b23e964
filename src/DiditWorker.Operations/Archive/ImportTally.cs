namespace DiditWorker.Operations.Archive;

/// <summary>What an import comes to in one queue.</summary>
public sealed class ImportTally
{
    private readonly Dictionary<string, int> _present = new(StringComparer.Ordinal);

    /// <summary>Lines of the archive.</summary>
    public int Lines { get; set; }

    /// <summary>Of these, how many are in the queue already.</summary>
    public int There { get; private set; }

    /// <summary>How many were published.</summary>
    public int Published { get; set; }

    /// <summary>How many carry an <c>expiration</c>; they are counted in <see cref="Aside"/>, too.</summary>
    public int Expiring { get; set; }

    /// <summary>
    /// How many carry a <c>user_id</c>, <c>expiration</c>, <c>CC</c> or <c>BCC</c> that becomes a header of another name.
    /// </summary>
    public int Aside { get; set; }

    /// <summary>Whether there is no such queue yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>Notes that a dead letter is in the queue.</summary>
    public void NotePresent(string reference) => _present[reference] = _present.GetValueOrDefault(reference) + 1;

    /// <summary>Whether a line is there already. Two dead letters may have one reference: as many are skipped as are there.</summary>
    public bool Skips(string reference)
    {
        var left = _present.GetValueOrDefault(reference);
        if (left == 0)
        {
            return false;
        }

        _present[reference] = left - 1;
        There++;
        return true;
    }
}
