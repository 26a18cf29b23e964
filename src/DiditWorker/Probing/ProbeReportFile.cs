using System.Text.Json;

namespace DiditWorker.Probing;

/// <summary>The file of a report.</summary>
internal static class ProbeReportFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes it.</summary>
    public static Task WriteAsync(string path, ProbeReport report) => File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, Json) + "\n");
}
