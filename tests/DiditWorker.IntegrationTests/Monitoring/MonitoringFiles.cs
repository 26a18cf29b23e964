using DiditWorker.Tests.Shared;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>What is shipped in <c>deploy/monitoring</c>, read from the source tree.</summary>
internal static class MonitoringFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "monitoring");

    public static string Rules => PathOf("prometheus/rules.yml");

    public static string RuleTests => PathOf("prometheus/rules.test.yml");

    public static string PrometheusConfiguration => PathOf("prometheus/prometheus.yml");

    public static IReadOnlyList<string> Dashboards { get; } =
        [.. Directory.EnumerateFiles(PathOf("grafana/dashboards"), "*.json").Order(StringComparer.Ordinal)];

    public static string PathOf(string name) => Path.Combine(Folder, name);
}
