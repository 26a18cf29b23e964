namespace DiditWorker.Operations.Probe;

/// <summary>The file of a report: what <c>diditworker probe</c> writes and the service compares its settings with.</summary>
public static class ProbeReportFile
{
    /// <summary>Writes it whole or not at all, readable by its owner only.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static Task WriteAsync(string path, ProbeReport report) =>
        VersionedFile.WriteAsync(path, report, ProbeJson.Readable.ProbeReport);

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is no report of this version; the text says what is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ProbeReport Read(string path)
    {
        const string what = "the report of a probe";
        var report = VersionedFile.Read(path, ProbeReport.CurrentVersion, ProbeJson.Readable.ProbeReport, what);
        return report.Findings.Any(finding => finding is null) || report.Recommendations.Any(recommendation => recommendation is null)
            ? throw new FormatException($"is not {what}: a list in it has an empty place")
            : report;
    }
}
