using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>What differs from run to run does not count; everything else does.</summary>
public sealed class When_a_sample_is_compared
{
    [TestCase("1 replayed, 1 created", "1 replayed, 1 created\n", true)]
    [TestCase("1 replayed, 1 created", "2 replayed, 2 created", false)]
    [TestCase("1 replayed", "1 replayed, 1 created", false)]
    [TestCase("1 replayed…", "1 replayed, 1 created", true)]
    [TestCase("until 2026-11-27 21:40:00Z", "until 2027-01-01 00:00:00Z", true)]
    [TestCase("until 2026-11-27 21:40:00Z", "until diditworker resume", false)]
    [TestCase("after 14 minutes 12 seconds, on a ramp", "after 1 second, on a ramp", true)]
    [TestCase("x  40     5m43s   22h49m", "x  40  3s  23h", true)]
    [TestCase("x  40     5m43s   22h49m", "x  41  3s  23h", false)]
    [TestCase("c35804b6-62f9-4d4c-b635-ba4c17ce00c4 is new", "00000000-62f9-4d4c-b635-ba4c17ce00c4 is new", true)]
    [TestCase("first\n…\nlast", "first\nlast", true)]
    [TestCase("first\n…\nlast", "first\nsecond\nthird\nlast", true)]
    [TestCase("first\n…\nlast", "first\nsecond", false)]
    [TestCase("first\nlast", "first\nsecond\nlast", false)]
    [TestCase("", "something", false)]
    public void Lines_are_those_of_the_sample(string sample, string output, bool fits) => Printed.Fits(sample, output).ShouldBe(fits);

    [TestCase("{\"a\":1,\n\"b\":\"two\nwords\"}", """{"a":1,"b":"two words"}""", true)]
    [TestCase("… \"b\":\"two\n words\"}", """{"a":1,"b":"two words"}""", true)]
    [TestCase("… \"b\":\"two\n words\"}", """{"a":1,"b":"three words"}""", false)]
    public void Json_may_be_broken_into_lines(string sample, string output, bool fits) =>
        Printed.FitsUnbroken(sample, output).ShouldBe(fits);

    [Test]
    public void Commands_are_found_with_their_section_their_sample_and_their_exit_code()
    {
        const string block = "   ```console\n   $ a --b \"c d\"\n   e\n\n   f\n   $ echo $?\n   1\n   $ g\n   ```";
        var section = Runbook.Read($"# Title\n## One, two\n1. x\n\n{block}\n## Nothing").Single();

        section.Name.ShouldBe("One_two");
        var (first, second) = (section.Commands.First(), section.Commands.Last());
        first.Words.ShouldBe(["a", "--b", "c d"]);
        (first.Line, first.Sample, first.ExitCode).ShouldBe((6, "e\n\nf", 1));
        (second.Text, second.Sample, second.ExitCode).ShouldBe(("g", "", 0));
    }

    [Test]
    public void A_block_without_a_command_is_found() =>
        Should.Throw<FormatException>(() => Runbook.Read("## One\n```sh\ndiditworker resume\n```\n")).Message.ShouldContain("RUNBOOK.md:3");
}
