using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>What is not found here would not be looked for in Prometheus.</summary>
public sealed class When_metric_names_are_taken_out_of_expressions
{
    [TestCase("up", "up")]
    [TestCase("up == 0", "up")]
    [TestCase("max by (queue) (a_depth) > 0", "a_depth")]
    [TestCase("max(a_depth) by (queue)", "a_depth")]
    [TestCase("sum(rate(a_total{status=~\"5..|other\", by=\"b_total\"}[5m])) / sum(rate(b_total[5m] offset 10m))", "a_total b_total")]
    [TestCase("histogram_quantile(0.95, sum by (le) (rate(d_seconds_bucket{outcome=\"created\"}[1m])))", "d_seconds_bucket")]
    [TestCase("a unless on (instance) b * ignoring(x) group_left (y) c", "a b c")]
    [TestCase("absent(a) or vector(0) and on () count(b == 1) > bool 1e9", "a b")]
    [TestCase("max_over_time(job:a:rate5m[1h:1m]) > Inf", "job:a:rate5m")]
    [TestCase("label_replace(a, \"to\", \"$1\", \"from\", \"b{(.*)\")", "a")]
    [TestCase("a{x='}'} # and not c\n + b", "a b")]
    [TestCase("vector(1)", "")]
    public void They_are(string expression, string names) =>
        string.Join(' ', MetricNames.Of(expression).Order(StringComparer.Ordinal)).ShouldBe(names);

    [Test]
    public void A_choice_of_names_by_pattern_is_refused() =>
        Should.Throw<ArgumentException>(() => MetricNames.Of("count({__name__=~\"a.*\"})"));
}
