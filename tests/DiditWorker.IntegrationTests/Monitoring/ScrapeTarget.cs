namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>One job of a Prometheus: who is asked, and what for.</summary>
internal sealed record ScrapeTarget(string Job, string Address, string Path = "/metrics", params string[] Families)
{
    /// <summary>As an entry of scrape_configs.</summary>
    public string Configuration =>
        $"""
          - job_name: {Job}
            metrics_path: {Path}
            static_configs: [{"{"}targets: ["{Address}"]{"}"}]
            params: {"{"}{(Families.Length == 0 ? "" : $"family: [{string.Join(", ", Families)}]")}{"}"}

        """;
}
