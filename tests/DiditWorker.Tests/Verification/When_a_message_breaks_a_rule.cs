using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_message_breaks_a_rule
{
    [TestCase("{}", "vendorData: is required")]
    [TestCase("""{"vendorData":null}""", "vendorData: is required")]
    [TestCase("""{"vendorData":""}""", "vendorData: expected 1 to 255 characters, got 0; vendorData: must not be blank")]
    [TestCase("""{"vendorData":"  "}""", "vendorData: must not be blank")]
    [TestCase("""{"vendorData":"a\nb"}""", "vendorData: must not hold control characters")]
    [TestCase("""{"vendorData":"a\u0000"}""", "vendorData: must not hold control characters")]
    [TestCase("""{"vendorData":42}""", "vendorData: expected a string, got Number")]
    [TestCase("""{"vendorData":["x"]}""", "vendorData: expected a string, got Array")]
    public void Vendor_data_is_checked(string json, string fault) => Faults(json).ShouldBe("StartVerification: " + fault);

    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\"x\"")]
    [TestCase("1")]
    public void The_message_is_an_object(string json) => Faults(json).ShouldContain("expected a JSON object");

    [TestCase("\"x\"")]
    [TestCase("\"\"")]
    [TestCase("\"11111111222233334444555555555555\"")]
    [TestCase("\"{11111111-2222-3333-4444-555555555555}\"")]
    [TestCase("\" 11111111-2222-3333-4444-555555555555\"")]
    [TestCase("\"+1111111-2222-3333-4444-555555555555\"")]
    [TestCase("\"0x111111-2222-3333-4444-555555555555\"")]
    [TestCase("1")]
    [TestCase("{}")]
    public void The_workflow_is_a_uuid(string value) => FaultsWith("\"workflowId\":" + value).ShouldContain("workflowId: ");

    [Test]
    public void A_workflow_is_needed_from_somewhere() =>
        Faults("""{"vendorData":"user-1"}""", defaultWorkflowId: null).ShouldBe(
            "StartVerification: workflowId: is missing, and the worker has no default (Didit:WorkflowId)");

    [Test]
    public void A_broken_workflow_is_not_replaced_by_the_default() =>
        Should.Throw<InvalidMessageException>(() => ReadWith("\"workflowId\":\"x\""))
        .WorkflowId.ShouldBeNull();

    [TestCase("\"Both\"")]
    [TestCase("\"all\"")]
    [TestCase("\"\"")]
    [TestCase("true")]
    public void The_callback_method_is_one_of_three(string value) =>
        FaultsWith("\"callbackMethod\":" + value).ShouldContain("callbackMethod: ");

    [TestCase("initiator")]
    [TestCase("completer")]
    [TestCase("both")]
    public void Each_callback_method_is_taken(string value) =>
        ReadWith($"\"callbackMethod\":\"{value}\"").Payload.GetProperty("callback_method").GetString().ShouldBe(value);

    [TestCase("\"language\":1", "language: expected a string, got Number")]
    [TestCase("\"language\":\"\"", "language: expected 1 to 35 characters, got 0")]
    [TestCase("\"metadata\":\"{}\"", "metadata: expected an object, got String")]
    [TestCase("\"metadata\":[]", "metadata: expected an object, got Array")]
    [TestCase("\"expectedDetails\":true", "expectedDetails: expected an object, got True")]
    [TestCase("\"contactDetails\":\"x\"", "contactDetails: expected an object, got String")]
    [TestCase("\"contactDetails\":{\"email\":1}", "contactDetails.email: expected a string, got Number")]
    [TestCase("\"contactDetails\":{\"phone\":491701}", "contactDetails.phone: expected a string, got Number")]
    [TestCase("\"contactDetails\":{\"emailLang\":[]}", "contactDetails.emailLang: expected a string, got Array")]
    [TestCase("\"contactDetails\":{\"sendNotificationEmails\":\"true\"}",
        "contactDetails.sendNotificationEmails: expected true or false, got String")]
    [TestCase("\"contactDetails\":{\"sendNotificationEmails\":1}",
        "contactDetails.sendNotificationEmails: expected true or false, got Number")]
    [TestCase("\"metadata\":{\"diditworker_key\":\"x\"}", "metadata.diditworker_key: is reserved for the worker")]
    [TestCase("\"metadata\":{\"diditworker_key\":null}", "metadata.diditworker_key: is reserved for the worker")]
    [TestCase("\"metadata\":{\"DiditWorker_Key\":\"x\"}", "metadata.diditworker_key: is reserved for the worker")]
    [TestCase("\"metadata\":{\"\\u0064iditworker_key\":1}", "metadata.diditworker_key: is reserved for the worker")]
    public void The_fault_says_where_and_what(string members, string fault) => FaultsWith(members).ShouldBe("StartVerification: " + fault);

    [Test]
    public void The_reserved_name_may_stand_deeper() =>
        ReadWith("\"metadata\":{\"a\":{\"diditworker_key\":1}}").Payload.GetProperty("metadata").GetProperty("a")
            .ValueKind.ShouldBe(JsonValueKind.Object);

    [Test]
    public void Every_fault_is_named_at_once()
    {
        var faults = Faults(
            """
            {"vendorData":1,"workflowId":"x","callback":"http://x","callbackMethod":"x","language":1,"metadata":[],
             "contactDetails":{"email":1,"phone":2,"emailLang":3,"sendNotificationEmails":4},"expectedDetails":1}
            """);

        foreach (var place in (
            string[])["vendorData", "workflowId", "callback", "callbackMethod", "language", "metadata", "contactDetails.email",
                     "contactDetails.phone", "contactDetails.emailLang", "contactDetails.sendNotificationEmails", "expectedDetails"])
        {
            faults.ShouldContain(place + ": ");
        }

        faults.Split("; ").Length.ShouldBe(11);
    }

    [Test]
    public void No_value_is_ever_quoted() => Faults(
        """
        {"vendorData":"sEcret\u0001","workflowId":"sEcret","callback":"http://sEcret","callbackMethod":"sEcret","language":"sEcret sEcret sEcret sEcret sEcret sEcret",
         "metadata":{"diditworker_key":"sEcret","a":"sEcret\ud800"},"contactDetails":{"email":["sEcret"],"sendNotificationEmails":"sEcret"},"expectedDetails":"sEcret"}
        """).ShouldNotContain("sEcret");

    [Test]
    public void The_fault_tells_whose_message_it_was()
    {
        var fault = Should.Throw<InvalidMessageException>(
            () => ReadWith("\"language\":1,\"workflowId\":\"11111111-2222-3333-4444-55555555555A\""));

        fault.Code.ShouldBe(RejectionCodes.InvalidMessage);
        fault.VendorData.ShouldBe("user-1");
        fault.WorkflowId.ShouldBe("11111111-2222-3333-4444-55555555555a");
    }
}
