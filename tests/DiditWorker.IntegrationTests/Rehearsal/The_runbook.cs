using System.Reflection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>No command of it is left out.</summary>
public sealed class The_runbook
{
    [Test]
    public void Is_rehearsed_in_every_section_with_commands() =>
        Runbook.Sections.Select(section => section.Name).Except(Rehearsals(), StringComparer.Ordinal).ShouldBeEmpty(
            $"sections with commands, without a test of that name in {nameof(When_the_runbook_is_followed)}");

    [Test]
    public void Has_each_program_that_is_not_rehearsed() =>
        RehearsedSection.NotRehearsed.Keys
            .Except(Runbook.Sections.SelectMany(section => section.Commands).Select(command => command.Program), StringComparer.Ordinal)
            .ShouldBeEmpty();

    private static IEnumerable<string> Rehearsals() => typeof(When_the_runbook_is_followed)
        .GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        .Where(method => method.GetCustomAttribute<TestAttribute>() is not null).Select(method => method.Name);
}
