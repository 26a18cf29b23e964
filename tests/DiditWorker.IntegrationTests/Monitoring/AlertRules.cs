using System.Text.RegularExpressions;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace DiditWorker.IntegrationTests.Monitoring;

internal sealed class AlertRule
{
    public string Alert { get; set; } = "";
    public string Expr { get; set; } = "";
    public string? For { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
    public Dictionary<string, string> Annotations { get; set; } = [];
}

internal sealed class RuleGroup
{
    public string Name { get; set; } = "";
    public List<AlertRule> Rules { get; set; } = [];
}

internal sealed class RuleFile
{
    public List<RuleGroup> Groups { get; set; } = [];
}

internal sealed class RuleTestSeries
{
    public string Series { get; set; } = "";
    public string Values { get; set; } = "";
}

internal sealed class RuleTestCase
{
    public string EvalTime { get; set; } = "";
    public string Alertname { get; set; } = "";
    public List<object>? ExpAlerts { get; set; }
}

internal sealed class RuleTest
{
    public string Name { get; set; } = "";
    public string Interval { get; set; } = "";
    public List<RuleTestSeries> InputSeries { get; set; } = [];
    public List<RuleTestCase> AlertRuleTest { get; set; } = [];
}

internal sealed class RuleTestFile
{
    public List<string> RuleFiles { get; set; } = [];
    public string EvaluationInterval { get; set; } = "";
    public List<RuleTest> Tests { get; set; } = [];
}

/// <summary>Reads rules and their tests. A field that is not known here is an error.</summary>
internal static partial class AlertRules
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance)
        .Build();

    public static IReadOnlyList<AlertRule> Read() =>
        [.. Yaml.Deserialize<RuleFile>(File.ReadAllText(MonitoringFiles.Rules)).Groups.SelectMany(group => group.Rules)];

    public static IReadOnlyList<RuleTest> ReadTests() => Yaml.Deserialize<RuleTestFile>(File.ReadAllText(MonitoringFiles.RuleTests)).Tests;

    /// <summary>The anchors of a Markdown file's headings, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string markdown) => Heading().Matches(markdown)
        .Select(heading => NotInAnchor().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("^#+ (?<text>.*)$", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 1000)]
    private static partial Regex NotInAnchor();
}
