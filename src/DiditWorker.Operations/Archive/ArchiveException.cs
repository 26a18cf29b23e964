namespace DiditWorker.Operations.Archive;

/// <summary>An archive that cannot be written or read; the text says which message or line, why, and what to do.</summary>
public sealed class ArchiveException(string message, Exception? inner = null) : Exception(message, inner);
