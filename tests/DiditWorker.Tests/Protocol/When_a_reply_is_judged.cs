using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// The table of the design: whose fault a reply is. "While nobody succeeds" is the fifth message in a row with the same reply.
/// </summary>
public sealed class When_a_reply_is_judged
{
    private const bool Own = true;
    private const bool Default = false;

    private static readonly OthersLately Alone = new(Succeeded: false, InARow: 1, AlikeInARow: 1);
    private static readonly OthersLately OthersSucceed = new(Succeeded: true, InARow: 1, AlikeInARow: 1);
    private static readonly OthersLately NobodySucceeds = new(Succeeded: false, InARow: 5, AlikeInARow: 5);

    [TestCase(Operation.Create, ReplyKind.Answered, "works", "works", "works")]
    [TestCase(Operation.Create, ReplyKind.Refused, "final", "final", "everything_refused")]
    [TestCase(Operation.Create, ReplyKind.CreditsMissing, "credits_missing", "credits_missing", "credits_missing")]
    [TestCase(Operation.Create, ReplyKind.BillingSuspended, "billing_suspended", "billing_suspended", "billing_suspended")]
    [TestCase(Operation.Create, ReplyKind.ApplicationDeleted, "application_deleted", "application_deleted", "application_deleted")]
    [TestCase(Operation.Create, ReplyKind.KeyRefused, "credentials_refused", "credentials_refused", "credentials_refused")]
    [TestCase(Operation.Create, ReplyKind.Forbidden, "waits", "counts", "credentials_refused")]
    [TestCase(Operation.Create, ReplyKind.Strange, "waits", "counts", "something_in_front")]
    [TestCase(Operation.Create, ReplyKind.Redirected, "redirected", "redirected", "redirected")]
    [TestCase(Operation.Create, ReplyKind.Throttled, "waits", "waits", "waits")]
    [TestCase(Operation.Create, ReplyKind.Conflict, "waits", "waits", "waits")]
    [TestCase(Operation.Create, ReplyKind.Withheld, "waits", "waits", "waits")]
    [TestCase(Operation.Create, ReplyKind.NotSent, "waits", "counts", "waits")]
    [TestCase(Operation.Create, ReplyKind.Ambiguous, "waits", "counts", "waits")]
    [TestCase(Operation.Read, ReplyKind.Answered, "works", "works", "works")]
    [TestCase(Operation.Read, ReplyKind.Refused, "waits", "counts", "something_in_front")]
    [TestCase(Operation.Read, ReplyKind.WorkflowUnknown, "waits", "counts", "something_in_front")]
    [TestCase(Operation.Read, ReplyKind.CreditsMissing, "credits_missing", "credits_missing", "credits_missing")]
    [TestCase(Operation.Read, ReplyKind.BillingSuspended, "billing_suspended", "billing_suspended", "billing_suspended")]
    [TestCase(Operation.Read, ReplyKind.ApplicationDeleted, "application_deleted", "application_deleted", "application_deleted")]
    [TestCase(Operation.Read, ReplyKind.KeyRefused, "credentials_refused", "credentials_refused", "credentials_refused")]
    [TestCase(Operation.Read, ReplyKind.Forbidden, "waits", "counts", "credentials_refused")]
    [TestCase(Operation.Read, ReplyKind.Strange, "waits", "counts", "something_in_front")]
    [TestCase(Operation.Read, ReplyKind.Redirected, "redirected", "redirected", "redirected")]
    [TestCase(Operation.Read, ReplyKind.Throttled, "waits", "waits", "waits")]
    [TestCase(Operation.Read, ReplyKind.Conflict, "waits", "waits", "waits")]
    [TestCase(Operation.Read, ReplyKind.Withheld, "waits", "waits", "waits")]
    [TestCase(Operation.Read, ReplyKind.NotSent, "waits", "counts", "waits")]
    [TestCase(Operation.Read, ReplyKind.Ambiguous, "waits", "counts", "waits")]
    public void It_is_as_the_table_says_whosever_workflow_it_is(
        Operation operation, ReplyKind kind, string alone, string others, string nobody)
    {
        foreach (var workflow in (bool[])[Own, Default])
        {
            ShouldBe(operation, kind, workflow, alone, others, nobody);
        }
    }

    [TestCase(Own, "final", "final", "final")]
    [TestCase(Default, "default_workflow_unknown", "default_workflow_unknown", "default_workflow_unknown")]
    public void An_unknown_workflow_is_the_messages_own_fault_only_if_it_named_it(
        bool workflow, string alone, string others, string nobody) =>
        ShouldBe(Operation.Create, ReplyKind.WorkflowUnknown, workflow, alone, others, nobody);

    [TestCase(4, "final")]
    [TestCase(5, "everything_refused")]
    public void Equal_refusals_of_so_many_messages_are_the_accounts_fault(int alike, string verdict) =>
        Judge(Operation.Create, ReplyKind.Refused, new(Succeeded: false, InARow: 5, alike), Own).ShouldBe(verdict);

    [TestCase(ReplyKind.Forbidden, 4, "waits")]
    [TestCase(ReplyKind.Forbidden, 5, "credentials_refused")]
    [TestCase(ReplyKind.Strange, 4, "waits")]
    [TestCase(ReplyKind.Strange, 5, "something_in_front")]
    public void A_suspect_reply_needs_no_equal_words(ReplyKind kind, int inARow, string verdict) =>
        Judge(Operation.Create, kind, new(Succeeded: false, inARow, AlikeInARow: 1), Own).ShouldBe(verdict);

    // Evidence of now weighs more than that somebody succeeded before.
    [Test]
    public void Nobody_is_blamed_once_many_in_a_row_got_it() =>
        Judge(Operation.Create, ReplyKind.Strange, new(Succeeded: true, InARow: 5, AlikeInARow: 5), Own).ShouldBe("something_in_front");

    [Test]
    public void Only_what_can_be_final_is_stored()
    {
        foreach (var operation in Enum.GetValues<Operation>())
        {
            Enum.GetValues<ReplyKind>().Where(kind => Judge(operation, kind, Alone, Own) == "final")
                .ShouldBe(operation == Operation.Create ? [ReplyKind.Refused, ReplyKind.WorkflowUnknown] : []);
        }
    }

    [Test]
    public void Every_reason_for_a_pause_is_known()
    {
        var seen = from operation in Enum.GetValues<Operation>()
                   from kind in Enum.GetValues<ReplyKind>()
                   from others in (OthersLately[])[Alone, OthersSucceed, NobodySucceeds]
                   from workflow in (bool[])[Own, Default]
                   select FailurePolicy.Judge(operation, kind, others, workflow).Pause;

        // Neither the circuit nor a pause that no reply ends is the policy's to judge.
        seen.OfType<string>().Distinct().ShouldBe(
            PauseReasons.All.Except([PauseReasons.CircuitOpen, PauseReasons.Operator, PauseReasons.Budget]), ignoreOrder: true);
        PauseReasons.All.ShouldBeUnique();
    }

    private static void ShouldBe(Operation operation, ReplyKind kind, bool workflow, string alone, string others, string nobody) =>
        (Judge(operation, kind, Alone, workflow), Judge(operation, kind, OthersSucceed, workflow),
            Judge(operation, kind, NobodySucceeds, workflow))
            .ShouldBe((alone, others, nobody));

    private static string Judge(Operation operation, ReplyKind kind, OthersLately others, bool workflow) =>
        FailurePolicy.Judge(operation, kind, others, workflow) switch
        {
            { Final: true, Works: true, Counts: false, Pause: null } => "final",
            { Works: true, Final: false, Counts: false, Pause: null } => "works",
            { Counts: true, Final: false, Works: false, Pause: null } => "counts",
            { Pause: { } reason, Final: false, Counts: false, Works: false } => reason,
            var verdict when verdict == default => "waits",
            var verdict => $"{verdict}",
        };
}
