using System.Text.RegularExpressions;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>The alert rules, without a server: they are right, say what to do, and each was seen to fire and to keep silent.</summary>
public sealed class The_rules
{
    private static IEnumerable<AlertRule> Rules => AlertRules.Read();

    private static IEnumerable<string> Alerts => Rules.Select(rule => rule.Alert);

    [Test]
    public async Task Are_taken_by_promtool()
    {
        var (exitCode, output) = await Programs.PromtoolAsync("check", "rules", MonitoringFiles.Rules);
        exitCode.ShouldBe(0, output);
        output.ShouldContain($"{Rules.Count()} rules found");
    }

    [Test]
    public async Task Are_in_a_configuration_that_promtool_takes()
    {
        var (exitCode, output) = await Programs.PromtoolAsync("check", "config", MonitoringFiles.PrometheusConfiguration);
        exitCode.ShouldBe(0, output);
        output.ShouldContain($"{Rules.Count()} rules found");
    }

    [Test]
    public async Task Fire_when_they_should_and_only_then()
    {
        var (exitCode, output) = await Programs.PromtoolAsync("test", "rules", MonitoringFiles.RuleTests);
        exitCode.ShouldBe(0, output);
        output.ShouldContain("SUCCESS");
    }

    // Each of these would pass if the checks above looked at nothing.
    [TestCase("rules.yml", "max by (queue) (diditworker_deadletters) > 0", "max by (queue) (diditworker_deadletters > 0", "check", "rules",
        "rules.yml")]
    [TestCase("rules.yml", "max by (queue) (diditworker_deadletters) > 0", "sum by (queue) (diditworker_deadletters) > 0", "test", "rules",
        "rules.test.yml")]
    [TestCase("rules.yml", "diditworker_window_remaining_seconds) <= 0", "diditworker_window_remaining_seconds) < 2", "test", "rules",
        "rules.test.yml")]
    [TestCase("rules.yml", "labels: {severity: page}", "labels: {severity: ticket}", "test", "rules", "rules.test.yml")]
    [TestCase("rules.yml", "unless on () max(diditworker_consumer_paused) == 1", "", "test", "rules", "rules.test.yml")]
    [TestCase("prometheus.yml", "job_name: redis", "job_name: rabbitmq", "check", "config", "prometheus.yml")]
    public async Task Are_refused_when_they_are_wrong(string file, string text, string wrong, params string[] promtool)
    {
        using var folder = new TemporaryFolder();
        foreach (var source in (string[])[MonitoringFiles.Rules, MonitoringFiles.RuleTests, MonitoringFiles.PrometheusConfiguration])
        {
            var name = Path.GetFileName(source);
            var content = await File.ReadAllTextAsync(source);
            if (name == file)
            {
                content.ShouldContain(text);
                content = content.Replace(text, wrong, StringComparison.Ordinal);
            }

            await File.WriteAllTextAsync(folder.File(name), content);
        }

        var (exitCode, output) = await Programs.PromtoolAsync([.. promtool[..^1], folder.File(promtool[^1])]);
        exitCode.ShouldNotBe(0, output);
    }

    [TestCaseSource(nameof(Alerts))]
    public void Say_how_urgent_it_is_what_it_is_and_what_to_do(string name)
    {
        var alert = Rules.Single(rule => rule.Alert == name);
        alert.Labels["severity"].ShouldBeOneOf("page", "ticket");
        alert.Annotations["summary"].ShouldNotBeNullOrWhiteSpace();
        alert.Annotations["description"].ShouldNotBeNullOrWhiteSpace();
        var (file, anchor) = alert.Annotations["runbook_url"].Split('#') is [var path, var heading] ? (path, heading) : ("", "");
        file.ShouldBe("deploy/monitoring/RUNBOOK.md");
        var runbook = File.ReadAllText(MonitoringFiles.PathOf("RUNBOOK.md"));
        AlertRules.Anchors(runbook).ShouldContain(anchor);
        runbook.ShouldContain($"`{alert.Alert}`", customMessage: "in the runbook's table of alerts");
    }

    [Test]
    public void Have_names_of_their_own() => Alerts.ShouldBeUnique();

    [TestCaseSource(nameof(Alerts))]
    public void Have_a_case_that_fires_and_a_near_miss(string name)
    {
        var alert = Rules.Single(rule => rule.Alert == name);
        var names = MetricNames.Of(alert.Expr);
        var cases = AlertRules.ReadTests()
            .SelectMany(test =>
                test.AlertRuleTest.Where(one => one.Alertname == alert.Alert)
                    .Select(one => (Test: test, Fires: one.ExpAlerts is { Count: > 0 })))
            .ToList();

        cases.ShouldContain(one => one.Fires, $"{alert.Alert} is never seen to fire");
        // A miss for want of data proves nothing.
        cases.ShouldContain(
            one => !one.Fires
                && one.Test.InputSeries.Any(
                    series => names.Contains(Regex.Match(series.Series, @"^[\w:]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value)),
            $"{alert.Alert} is never seen to keep silent with its own metrics at hand");
    }

    [Test]
    public void Use_the_names_of_jobs_that_are_scraped()
    {
        var configuration = File.ReadAllText(MonitoringFiles.PrometheusConfiguration);
        foreach (var rule in Rules)
        {
            foreach (Match job in Regex.Matches(rule.Expr, "job=~?\"(?<names>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)))
            {
                foreach (var name in job.Groups["names"].Value.Split('|'))
                {
                    configuration.ShouldContain($"job_name: {name}\n", customMessage: rule.Alert);
                }
            }
        }
    }
}
