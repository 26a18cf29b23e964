using DiditWorker.Operations.Probe;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

public sealed class When_a_key_is_repeated_by_a_probe
{
    [TestCase("original original", Repeats.Original, 0)]
    [TestCase("conflict conflict conflict original", Repeats.Original, 3)]
    [TestCase("conflict conflict conflict conflict", Repeats.Conflict, 4)]
    [TestCase("other other", Repeats.Other, 0)]
    [TestCase("refused refused", Repeats.Refused, 0)]
    [TestCase("original other original other", Finding.Inconclusive, 0)]
    [TestCase("original conflict conflict conflict", Finding.Inconclusive, 0)]
    [TestCase("conflict other other", Finding.Inconclusive, 1)]
    [TestCase("original inconclusive", Finding.Inconclusive, 0)]
    [TestCase("inconclusive", Finding.Inconclusive, 0)]
    [TestCase("conflict inconclusive", Finding.Inconclusive, 1)]
    public void Only_what_agrees_is_a_verdict(string seen, string verdict, int conflicts)
    {
        var outcome = Repeats.Judge(seen.Split(' '));

        outcome.Verdict.ShouldBe(verdict);
        outcome.Conflicts.ShouldBe(conflicts);
    }
}
