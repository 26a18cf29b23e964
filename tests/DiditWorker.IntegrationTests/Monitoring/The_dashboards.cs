using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;
using YamlDotNet.RepresentationModel;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>The dashboards as files. What their expressions return is asked in <see cref="When_a_real_prometheus_scrapes"/>.</summary>
public sealed class The_dashboards
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private static IReadOnlyList<Dashboard> Dashboards { get; } = Dashboard.ReadAll();

    private static IEnumerable<TestCaseData> Panels => Dashboards.SelectMany(
        dashboard =>
        dashboard.Panels.Select(panel => new TestCaseData(dashboard.File, panel.Id).SetArgDisplayNames(dashboard.File, panel.Title)));

    [Test]
    public void Are_three_with_ids_of_their_own()
    {
        Dashboards.Select(dashboard => dashboard.File).ShouldBe(["dead-letters.json", "infrastructure.json", "overview.json"]);
        Dashboards.Select(dashboard => dashboard.Uid).ShouldBeUnique();
        Dashboards.Select(dashboard => dashboard.Title).ShouldBeUnique();
        foreach (var dashboard in Dashboards)
        {
            dashboard.All.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
            dashboard.Panels.Select(panel => panel.Json.GetProperty("gridPos").GetRawText()).ShouldBeUnique();
        }
    }

    [Test]
    public void Need_no_choice_but_the_data_source()
    {
        foreach (var dashboard in Dashboards)
        {
            var variable = dashboard.Json.GetProperty("templating").GetProperty("list").EnumerateArray().ShouldHaveSingleItem();
            variable.GetProperty("name").GetString().ShouldBe("datasource");
            variable.GetProperty("type").GetString().ShouldBe("datasource");
            variable.GetProperty("query").GetString().ShouldBe("prometheus");
            foreach (var uid in DataSources(dashboard.Json))
            {
                uid.ShouldBe("${datasource}", dashboard.File);
            }

            // What Grafana fills in itself, and the data source.
            var text = dashboard.Json.GetRawText();
            Regex.Matches(text, @"\$\{?(?<name>\w+)", RegexOptions.None, Bound).Select(found => found.Groups["name"].Value)
                .ShouldBeSubsetOf(["datasource", "__rate_interval", "__range"]);
        }
    }

    [TestCaseSource(nameof(Panels))]
    public void Explain_each_panel(string file, int id)
    {
        var panel = Dashboards.Single(dashboard => dashboard.File == file).Panels.Single(panel => panel.Id == id);
        panel.Title.ShouldNotBeNullOrWhiteSpace();
        panel.Json.GetProperty("description").GetString()!.Length.ShouldBeGreaterThan(10);
        var defaults = panel.Json.GetProperty("fieldConfig").GetProperty("defaults");
        defaults.GetProperty("unit").GetString().ShouldNotBeNullOrWhiteSpace();
        defaults.GetProperty("thresholds").GetProperty("steps")[0].GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        panel.Json.GetProperty("datasource").GetProperty("uid").GetString().ShouldBe("${datasource}");
        var targets = panel.Json.GetProperty("targets").EnumerateArray().ToList();
        targets.Count.ShouldBeGreaterThan(0);
        targets.Select(target => target.GetProperty("refId").GetString()).ShouldBeUnique();
        targets.ShouldAllBe(target => target.GetProperty("legendFormat").GetString() != "");
        foreach (var expression in panel.Expressions)
        {
            // A fixed range shows nothing where Prometheus scrapes less often.
            Regex.Matches(expression, @"\[(?<range>[^\]]+)\]", RegexOptions.None, Bound).Select(found => found.Groups["range"].Value)
                .ShouldBeSubsetOf(["$__rate_interval", "$__range"]);
        }
    }

    [TestCaseSource(nameof(Panels))]
    public void Do_not_add_up_what_every_replica_reports(string file, int id)
    {
        var panel = Dashboards.Single(dashboard => dashboard.File == file).Panels.Single(panel => panel.Id == id);
        foreach (var expression in panel.Expressions)
        {
            Regex.IsMatch(
                expression,
                @"\b(sum|avg|count)(\s+by\s*\([^)]*\))?\s*\(\s*"
                    + "diditworker_(queue|deadletters|window|health|ratelimit_limit|didit_creates)",
                RegexOptions.ExplicitCapture, Bound)
                .ShouldBeFalse(expression);
        }
    }

    [Test]
    public void Are_provisioned_with_the_data_source_that_they_are_made_for()
    {
        var source = Yaml("grafana/provisioning/datasources/prometheus.yml")["datasources"][0];
        source["type"].ToString().ShouldBe("prometheus");
        var scrapes = Yaml("prometheus/prometheus.yml")["global"]["scrape_interval"].ToString();
        source["jsonData"]["timeInterval"].ToString().ShouldBe(scrapes);

        var path = Yaml("grafana/provisioning/dashboards/diditworker.yml")["providers"][0]["options"]["path"].ToString();
        File.ReadAllText(MonitoringFiles.PathOf("../../docker-compose.yml"))
            .ShouldContain($"./deploy/monitoring/grafana/dashboards:{path}:ro");
    }

    private static YamlNode Yaml(string file)
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(MonitoringFiles.PathOf(file));
        yaml.Load(text);
        return yaml.Documents[0].RootNode;
    }

    private static IEnumerable<string?> DataSources(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().SelectMany(DataSources),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => member.Name == "datasource"
            ? [member.Value.GetProperty("uid").GetString()]
            : DataSources(member.Value)),
        _ => [],
    };
}
