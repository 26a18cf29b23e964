using System.Buffers;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary>Writes dead letters into a new file, readable by its owner only: JSON Lines.</summary>
public sealed class ArchiveWriter : IAsyncDisposable
{
    private static readonly byte[] EndOfLine = [(byte)'\n'];

    private readonly FileStream _file;
    private readonly bool _redact;
    private readonly ArrayBufferWriter<byte> _line = new();

    private ArchiveWriter(FileStream file, bool redact) => (_file, _redact) = (file, redact);

    /// <summary>How many are written.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a file.</summary>
    /// <exception cref="ArchiveException">It exists already, or cannot be written.</exception>
    public static async Task<ArchiveWriter> CreateAsync(string path, bool redact, DateTimeOffset now)
    {
        try
        {
            return await CreateAsync(PrivateFile.Create(path), redact, now);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveException($"{path}: {Words.Of(exception)}", exception);
        }
    }

    /// <summary>Begins in a file that is open.</summary>
    internal static async Task<ArchiveWriter> CreateAsync(FileStream file, bool redact, DateTimeOffset now)
    {
        var writer = new ArchiveWriter(file, redact);
        ArchiveLine.WriteHeader(writer._line, now);
        await writer.EndLineAsync(CancellationToken.None);
        return writer;
    }

    /// <summary>Adds one; it is safe only after <see cref="FlushToDisk"/>.</summary>
    /// <exception cref="ArchiveException">It cannot be kept without loss, or not be written.</exception>
    public async Task AddAsync(DeadLetter letter, CancellationToken cancellation)
    {
        try
        {
            if (_redact)
            {
                ArchiveLine.WriteRedacted(_line, letter);
            }
            else
            {
                ArchiveLine.Write(_line, letter);
            }
        }
        catch (ArchiveException exception)
        {
            _line.ResetWrittenCount();
            throw new ArchiveException($"{letter.Reference} in {letter.Queue} cannot be archived: {Words.Of(exception)}", exception);
        }

        await EndLineAsync(cancellation);
        Count++;
    }

    /// <summary>Returns when the disk has what was added.</summary>
    /// <exception cref="ArchiveException">It cannot be written.</exception>
    public void FlushToDisk()
    {
        try
        {
            _file.Flush(flushToDisk: true);
        }
        catch (IOException exception)
        {
            throw new ArchiveException($"{_file.Name} cannot be written: {Words.Of(exception)}", exception);
        }
    }

    /// <summary>Takes the file away again.</summary>
    public async Task DeleteAsync()
    {
        await DisposeAsync();
        File.Delete(_file.Name);
    }

    /// <summary>Closes the file. What was not flushed may not be in it, and nobody was told that it is.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _file.DisposeAsync();
        }
        catch (IOException)
        {
            // To close is to write what is left, and a full disk fails once more. The first failure is the one to be told.
        }
    }

    private async Task EndLineAsync(CancellationToken cancellation)
    {
        _line.Write(EndOfLine);
        try
        {
            await _file.WriteAsync(_line.WrittenMemory, cancellation);
        }
        catch (IOException exception)
        {
            throw new ArchiveException($"{_file.Name} cannot be written: {Words.Of(exception)}", exception);
        }

        _line.ResetWrittenCount();
    }
}
