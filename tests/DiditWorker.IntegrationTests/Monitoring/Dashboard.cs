using System.Text.Json;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>A panel that asks for something.</summary>
internal sealed record Panel(int Id, string Type, string Title, JsonElement Json)
{
    public IEnumerable<string> Expressions =>
        Json.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!);
}

/// <summary>A dashboard as it is shipped.</summary>
internal sealed record Dashboard(string File, JsonElement Json)
{
    public string Uid => Json.GetProperty("uid").GetString()!;

    public string Title => Json.GetProperty("title").GetString()!;

    public IEnumerable<JsonElement> All => Json.GetProperty("panels").EnumerateArray();

    /// <summary>Without the rows, which are headings.</summary>
    public IEnumerable<Panel> Panels => All
        .Select(panel =>
            new Panel(panel.GetProperty("id").GetInt32(), panel.GetProperty("type").GetString()!, panel.GetProperty("title")
                .GetString()!, panel))
        .Where(panel => panel.Type != "row");

    public static IReadOnlyList<Dashboard> ReadAll() =>
        [.. MonitoringFiles.Dashboards.Select(
            file => new Dashboard(Path.GetFileName(file), JsonElement.Parse(System.IO.File.ReadAllText(file))))];

    /// <summary>With what Grafana puts in the place of its variables.</summary>
    public static string Fill(string expression, string range) => expression
        .Replace("$__rate_interval", "15s", StringComparison.Ordinal)
        .Replace("$__interval", "15s", StringComparison.Ordinal)
        .Replace("$__range", range, StringComparison.Ordinal);
}
