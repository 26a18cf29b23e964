using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>Everything that happened, as JSON Lines in a file; memory holds the counts only.</summary>
internal sealed class History : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly StreamWriter _file;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public History(string path) => _file = new(path, append: false) { AutoFlush = false };

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Count(string what, int by = 1) => _counts.AddOrUpdate(what, by, (_, before) => before + by);

    /// <param name="what">The kind of event.</param>
    /// <param name="id">The request id it concerns, if it concerns one.</param>
    /// <param name="detail">Anything that can be written as JSON.</param>
    public void Add(string what, string? id = null, object? detail = null)
    {
        lock (_lock)
        {
            _file.WriteLine(
                JsonSerializer.Serialize(
                new { at = Math.Round(_clock.Elapsed.TotalSeconds, 3), utc = DateTime.UtcNow, what, id, detail }, Json));
        }
    }

    /// <summary>What concerns one message, with the faults of that time around it.</summary>
    public IReadOnlyList<string> Around(string id, string path)
    {
        lock (_lock)
        {
            _file.Flush();
        }

        var mine = $"\"id\":{JsonSerializer.Serialize(id, Json)}";
        return [.. File.ReadLines(path)
            .Where(line => line.Contains(mine, StringComparison.Ordinal) || line.Contains("\"what\":\"fault", StringComparison.Ordinal))];
    }

    public void Dispose() => _file.Dispose();
}
