using System.Text.Json;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Didit.Classifying;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// Didit's error bodies share no envelope: the account's troubles are known by words, and no publisher can put those into its mouth.
/// </summary>
public sealed class When_the_account_is_to_blame
{
    private static readonly string[] NoCredits =
    [
        "You don't have enough credits to perform this request. Please top up at https://business.didit.me",
        "You don\u2019t have enough credits to perform this request.",
        "You do not have enough credits.",
        "Not enough credits", "Insufficient credits.", "INSUFFICIENT CREDIT", "Insufficient balance", "Insufficient funds",
        "Insufficient account balance",
        "No credits left.", "You have no more credits", "You are out of credits.", "Your organization has run out of credits.",
        "You have 0 credits remaining.",
        "Your balance is too low.", "Balance does not cover this request", "Low balance", "Your credits are exhausted",
        "Your credits have been used up.",
        "Your credit balance is negative", "Please top-up your account", "Please add credits to continue.", "Payment required",
        "insufficient_credits", "INSUFFICIENT_BALANCE", "insufficientCredits", "not_enough_credits", "no_credits", "out_of_credits",
        "credits_exhausted",
        "balance_too_low", "low_balance", "payment_required",
    ];

    private static readonly string[] Workflows =
    [
        "Invalid workflow_id.", "Invalid workflow id", "Unknown workflow.", "No such workflow", "Workflow not found",
            "Workflow does not exist.",
        "The workflow doesn't exist", "The workflow doesn\u2019t exist", "No Workflow matches the given query.",
        "Workflow '99999999-2222-3333-4444-555555555555' was not found", "Workflow with id 99999999-2222-3333-4444-555555555555 not found.",
        "workflow_not_found", "WORKFLOW_NOT_FOUND", "workflowNotFound", "invalid_workflow_id", "The workflow is not published.",
        "Workflow is archived",
        "This workflow has been deleted", "The workflow is not active", "The field 'workflow_id' is invalid.",
    ];

    [Test]
    public void No_credits_are_known_in_every_envelope([ValueSource(nameof(NoCredits))] string words, [Values(400, 402, 403)] int status)
    {
        foreach (var body in Envelopes(words))
        {
            var reply = Classify(status, body, sent: """{"vendor_data":"user-1","metadata":{"plan":"basic"}}""");
            reply.Kind.ShouldBe(ReplyKind.CreditsMissing, body);
            reply.Why.ShouldBe($"{status}: the Didit account has no credits");
        }
    }

    [TestCase(400)]
    [TestCase(403)]
    public void Other_troubles_of_the_account_are_known_in_every_envelope(int status)
    {
        foreach (var (words, kind) in new[]
        {
            ("contract_billing_suspended", ReplyKind.BillingSuspended), ("Billing is suspended.", ReplyKind.BillingSuspended),
            ("Billing for this contract has been suspended", ReplyKind.BillingSuspended),
            ("contractBillingSuspended", ReplyKind.BillingSuspended),
            ("application_deleted", ReplyKind.ApplicationDeleted), ("The application was deleted.", ReplyKind.ApplicationDeleted),
            ("APPLICATION_DELETED", ReplyKind.ApplicationDeleted), ("This application has been deleted", ReplyKind.ApplicationDeleted),
        })
        {
            foreach (var body in Envelopes(words))
            {
                Classify(status, body).Kind.ShouldBe(kind, body);
            }
        }
    }

    [Test]
    public void An_unknown_workflow_is_known_in_every_envelope(
        [ValueSource(nameof(Workflows))] string words, [Values(400, 404, 422)] int status)
    {
        foreach (var body in Envelopes(words).Append($$"""{"workflow_id":["{{words}}"]}"""))
        {
            Classify(status, body).Kind.ShouldBe(ReplyKind.WorkflowUnknown, body);
        }
    }

    [TestCase("""{"workflow_id":["Invalid pk \"x\" - object does not exist."]}""")]
    [TestCase("""{"workflow_id":["Must be a valid UUID."]}""")]
    [TestCase("""{"workflow_id":"Not found."}""")]
    public void A_field_error_of_the_workflow_is_one_too(string body) => Classify(400, body).Kind.ShouldBe(ReplyKind.WorkflowUnknown);

    [Test]
    public void A_reply_that_only_repeats_which_workflow_it_was_is_none() =>
        Classify(400, """{"detail":"Wrong.","workflow_id":"99999999-2222-3333-4444-555555555555"}""").Kind.ShouldBe(ReplyKind.Refused);

    // The words that the publisher chose may stand in values and, inside metadata, in names. Didit may quote them with and without quotes.
    [Test]
    public void No_publisher_can_say_it_in_didits_place()
    {
        foreach (var words in NoCredits.Concat(Workflows)
            .Concat(["contract_billing_suspended", "application_deleted", "x; insufficient credits", "Workflow; not found"]))
        {
            var text = JsonEncodedText.Encode(words).ToString();
            foreach (var sent in Requests(text))
            {
                foreach (var body in About(text))
                {
                    Classify(400, body, sent: sent).Kind.ShouldBe(ReplyKind.Refused, $"{sent} {body}");
                }
            }
        }
    }

    [TestCase("my workflow 7", """{"detail":"'my workflow' is not valid as vendor_data."}""")]
    [TestCase("my workflow 7", """{"detail":"'my workflow' is not valid."}""")]
    [TestCase("workflow", """{"vendor_data":["workflow is not valid."]}""")]
    [TestCase("credits", """{"detail":"This API does not support 'credits'."}""")]
    [TestCase("credits", """{"detail":"This field must not be credits."}""")]
    [TestCase("balance", """{"metadata":["There is no balance here."]}""")]
    public void Nor_by_a_part_of_what_he_sent(string sent, string body) =>
        Classify(400, body, sent: $$"""{"vendor_data":"{{sent}}"}""").Kind.ShouldBe(ReplyKind.Refused);

    [TestCase("""{"callback":["Enter a valid URL."]}""")]
    [TestCase("""{"language":["\"xx\" is not a valid choice."]}""")]
    [TestCase("""{"vendor_data":["Ensure this field has no more than 255 characters."]}""")]
    [TestCase("""{"expected_details":{"id_country":["The workflow does not support this: invalid."]}}""")]
    [TestCase("""{"detail":"JSON parse error - Expecting value"}""")]
    public void What_is_about_the_request_stays_with_it(string body) => Classify(400, body).Kind.ShouldBe(ReplyKind.Refused);

    // An innocent message must not be refused for good because it talks of credits as well.
    [TestCase("customer has credits")]
    [TestCase("account top-up of credits")]
    [TestCase("do not have enough money")]
    public void A_message_with_the_same_words_in_it_hides_nothing(string value)
    {
        const string body =
            """{"detail":"You don't have enough credits to perform this request. Please top up at https://business.didit.me"}""";

        Classify(400, body, sent: $$$"""{"vendor_data":"user-1","metadata":{"note":"{{{value}}}"}}""")
            .Kind.ShouldBe(ReplyKind.CreditsMissing);
    }

    private static IEnumerable<string> Envelopes(string words) =>
    [
        $$"""{"detail":"{{words}}"}""", $$"""{"message":"{{words}}"}""", $$"""{"error":"{{words}}"}""", $$"""["{{words}}"]""",
        $$"""{"non_field_errors":["{{words}}"]}""", $$"""{"code":"{{words}}","detail":"See the console."}""",
        $$$"""{"error":{"code":17,"message":"{{{words}}}"}}""", $$$"""{"errors":[{"code":"x","detail":"{{{words}}}"}]}""",
    ];

    private static IEnumerable<string> Requests(string words) =>
    [
        $$"""{"vendor_data":"{{words}}"}""", $$$"""{"vendor_data":"u","metadata":{"note":"{{{words}}}"}}""",
        $$$"""{"vendor_data":"u","metadata":{"{{{words}}}":1}}""", $$$"""{"vendor_data":"u","metadata":{"a":[{"{{{words}}}":{}}]}}""",
        $$$"""{"vendor_data":"u","expected_details":{"first_name":"{{{words}}}"}}""",
        $$$"""{"vendor_data":"u","expected_details":{"{{{words}}}":"x"}}""",
    ];

    private static IEnumerable<string> About(string words) =>
    [
        $$$"""{"metadata":{"{{{words}}}":["Not a valid string."]}}""", $$"""{"vendor_data":["'{{words}}' is not a valid choice."]}""",
        $$"""{"detail":"The value {{words}} is wrong."}""", $$"""{"detail":"metadata.{{words}}: too long"}""",
        $$"""["Unknown key '{{words}}'"]""",
        $$$$"""{"error":{"metadata":{"{{{{words}}}}":["No."]}}}""", $$"""{"errors":[{"field":"metadata.{{words}}","message":"No."}]}""",
        $$$"""{"{{{words}}}":["Unknown field."]}""",
    ];
}
