using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_message_is_valid
{
    private const string Everything =
        """
        {
          "vendorData": "user-1",
          "workflowId": "11111111-2222-3333-4444-55555555555A",
          "callback": "https://app.example/done?x=1",
          "callbackMethod": "both",
          "language": "en",
          "metadata": { "order": 1.50, "deep": [null, { "ü": true }] },
          "contactDetails": { "email": "jane@example.org", "phone": "+491701234567", "emailLang": "de", "sendNotificationEmails": false },
          "expectedDetails": { "first_name": "Jane", "date_of_birth": "1990-01-31" }
        }
        """;

    [Test]
    public void Its_payload_has_didits_names() => Same(Read(Everything).Payload,
        """
        {
          "vendor_data": "user-1",
          "workflow_id": "11111111-2222-3333-4444-55555555555a",
          "callback": "https://app.example/done?x=1",
          "callback_method": "both",
          "language": "en",
          "metadata": { "order": 1.50, "deep": [null, { "ü": true }] },
          "contact_details": { "email": "jane@example.org", "phone": "+491701234567", "email_lang": "de", "send_notification_emails": false },
          "expected_details": { "first_name": "Jane", "date_of_birth": "1990-01-31" }
        }
        """);

    [Test]
    public void Its_workflow_becomes_lower_case()
    {
        var request = Read(Everything);

        request.WorkflowId.ShouldBe("11111111-2222-3333-4444-55555555555a");
        request.VendorData.ShouldBe("user-1");
    }

    [Test]
    public void The_default_workflow_is_used_but_stays_out_of_the_payload()
    {
        var request = Read("""{"vendorData":"user-1"}""");

        request.WorkflowId.ShouldBe(Default);
        Same(request.Payload, """{"vendor_data":"user-1"}""");
    }

    [Test]
    public void Changing_the_default_workflow_does_not_change_the_fingerprint() =>
        Fingerprint.Of(Read("""{"vendorData":"user-1"}""", "11111111-2222-3333-4444-555555555555").Payload)
            .ShouldBe(Fingerprint.Of(Read("""{"vendorData":"user-1"}""").Payload));

    [TestCase("workflowId")]
    [TestCase("callback")]
    [TestCase("callbackMethod")]
    [TestCase("language")]
    [TestCase("metadata")]
    [TestCase("contactDetails")]
    [TestCase("expectedDetails")]
    [TestCase("requestedAt")]
    public void Null_counts_as_absent(string member) => Same(ReadWith($"\"{member}\":null").Payload, """{"vendor_data":"user-1"}""");

    [Test]
    public void Null_counts_as_absent_among_contact_details() =>
        Same(ReadWith("""
            "contactDetails":{"email":null,"phone":"+49170","emailLang":null,"sendNotificationEmails":null}
            """).Payload, """{"vendor_data":"user-1","contact_details":{"phone":"+49170"}}""");

    [Test]
    public void Null_is_kept_where_the_caller_owns_the_names() =>
        Same(ReadWith("""
            "metadata":{"a":null},"expectedDetails":{"gender":null}
            """).Payload, """{"vendor_data":"user-1","metadata":{"a":null},"expected_details":{"gender":null}}""");

    [TestCase("\"traceId\":\"x\"")]
    [TestCase("\"contactDetails\":{\"fax\":\"1\"}", "\"contactDetails\":{}")]
    public void Unknown_members_are_no_part_of_the_fingerprint(string members, string same = "\"language\":null") =>
        Fingerprint.Of(ReadWith(members).Payload).ShouldBe(Fingerprint.Of(ReadWith(same).Payload));

    [Test]
    public void Numbers_in_metadata_keep_their_digits() =>
        ReadWith("""
            "metadata":{"a":1.50,"b":12345678901234567890123,"c":1e-40}
            """).Payload.GetProperty("metadata").GetRawText().ShouldBe("""{"a":1.50,"b":12345678901234567890123,"c":1e-40}""");

    [Test]
    public void Empty_objects_are_kept() =>
        Same(ReadWith("\"metadata\":{},\"expectedDetails\":{}")
            .Payload, """{"vendor_data":"user-1","metadata":{},"expected_details":{}}""");

    private static void Same(JsonElement payload, string expected) =>
        JsonNode.DeepEquals(JsonNode.Parse(payload.GetRawText()), JsonNode.Parse(expected)).ShouldBeTrue(payload.GetRawText());
}
