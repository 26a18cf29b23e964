using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

public sealed class When_what_was_done_is_told
{
    private static readonly AuditEntry Entry = new()
    {
        At = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), User = "alice", Host = "worker-1", Command = "dead-letters replay",
        Selection = "group=Timeout: 25 messages to start-verification, run 6f1c1a526f0c5d0e", Result = "25 replayed, 25 created",
    };

    [Test]
    public void A_line_of_the_audit_has_one_outcome_and_no_reason_that_was_not_given()
    {
        Entry.InWords().ShouldBe("Audited: alice@worker-1, dead-letters replay (group=Timeout: 25 messages to start-verification, run "
            + "6f1c1a526f0c5d0e): 25 replayed, 25 created");
        (Entry with { Reason = "INC-2031" }).InWords().ShouldEndWith("), reason: INC-2031: 25 replayed, 25 created");
    }

    [TestCase(80)]
    [TestCase(100)]
    [TestCase(null)]
    public void The_history_has_a_line_for_each_entry(int? width)
    {
        var text = new StringWriter();
        HistoryCommand.Print([Entry, Entry with { Reason = "a\nb" }], new Output(text, TextWriter.Null, width));

        var lines = text.ToString().TrimEnd().Split('\n');
        lines.Length.ShouldBe(3);
        lines.ShouldAllBe(line => line.Length <= (width ?? int.MaxValue));
        lines[1].ShouldStartWith("2026-11-24 12:00:00Z  alice@worker-1  dead-letters replay  ");
        (width is null).ShouldBe(lines[2].EndsWith("a b", StringComparison.Ordinal));
    }

    [TestCase(1, 1, null, "the worker's answer", "1 of 1, waits for the worker's answer")]
    [TestCase(1, 1, null, null, "1 of 1")]
    [TestCase(3, 10, 2.5, null, "3 of 10, 2.5 a second, 5 seconds left")]
    [TestCase(0, 10, null, null, "0 of 10")]
    public void Progress_says_what_it_waits_for(double done, double total, double? speed, string? waitsFor, string says) =>
        ProgressBar.Stand(done, total, speed, speed is null ? null : TimeSpan.FromSeconds(5), waitsFor).ShouldBe(says);
}
