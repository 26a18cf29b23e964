namespace DiditWorker.Tests.DeadLetters;

/// <summary>A file on a disk that has room for so many flushes and is full then.</summary>
internal sealed class FullDisk(string path, int flushes) : FileStream(path, FileMode.CreateNew, FileAccess.Write)
{
    private int _left = flushes;

    public override void Flush(bool flushToDisk)
    {
        if (_left-- == 0)
        {
            throw new IOException($"No space left on device : '{Name}'");
        }

        base.Flush(flushToDisk);
    }

    // To close is to write what is left.
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_left < 0)
        {
            throw new IOException($"No space left on device : '{Name}'");
        }
    }
}
