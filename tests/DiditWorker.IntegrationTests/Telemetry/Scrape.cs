namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>What <c>GET /metrics</c> says, in the Prometheus text format.</summary>
internal sealed class Scrape
{
    private readonly List<(string Series, double Value)> _samples = [];

    public Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var parts = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var series = line.Contains('}', StringComparison.Ordinal) ? line[..(line.LastIndexOf('}') + 1)] : parts[0];
            var value = line.Contains('}', StringComparison.Ordinal) ? parts[0] : parts[1];
            _samples.Add((series, double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    public string Text { get; }

    /// <summary>Names with labels.</summary>
    public IEnumerable<string> Series => _samples.Select(sample => sample.Series);

    /// <summary>Names without labels.</summary>
    public IEnumerable<string> Names => Series.Select(series => series.Split('{')[0]).Distinct(StringComparer.Ordinal);

    /// <summary>
    /// The value of the series of this name that has all these labels, as in <c>outcome="created"</c>; none if there is none.
    /// </summary>
    public double? Value(string name, params string[] labels)
    {
        var found = _samples.Where(
            sample => sample.Series.Split('{')[0] == name
                && Array.TrueForAll(labels, label => sample.Series.Contains(label, StringComparison.Ordinal))).ToList();
        return found.Count == 0 ? null : found.Sum(sample => sample.Value);
    }
}
