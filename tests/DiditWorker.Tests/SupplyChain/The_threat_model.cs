using System.Text.RegularExpressions;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.SupplyChain;

/// <summary>A claim whose test was renamed or deleted is only a claim.</summary>
public sealed partial class The_threat_model
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "security", "THREATS.md"));

    private static readonly Dictionary<string,
        string> Classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => string.Concat(group.Select(File.ReadAllText)), StringComparer.Ordinal);

    [Test]
    public void Names_tests_that_there_are()
    {
        var named = TestName().Matches(Page).Select(match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value))
            .Distinct().ToList();

        named.Count.ShouldBeGreaterThan(25);
        named.Where(test => !Has(test.Class, test.Method)).Select(test => $"{test.Class}.{test.Method}").ShouldBeEmpty();
    }

    [Test]
    public void A_test_that_there_is_not_would_be_noticed()
    {
        Has("When_a_token_is_needed", "Nothing_else_will_do").ShouldBeTrue();
        Has("When_a_token_is_needed", "Nothing_else").ShouldBeFalse();
        Has("When_a_tokens_is_needed", "").ShouldBeFalse();
    }

    private static bool Has(string type, string method) =>
        Classes.TryGetValue(type, out var text)
            && (method.Length == 0 || Regex.IsMatch(text, $@"\b{method}\(", RegexOptions.None, TimeSpan.FromSeconds(1)));

    [GeneratedRegex(@"`(?<class>(When|The|What|On|By)_\w+)(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();
}
