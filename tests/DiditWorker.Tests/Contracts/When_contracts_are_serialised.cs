using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Contracts;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Contracts;

public sealed class When_contracts_are_serialised
{
    private static readonly JsonSerializerOptions CamelCase = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly StartVerification Start = new()
    {
        VendorData = "user-1",
        WorkflowId = "11111111-2222-3333-4444-555555555555",
        Callback = "https://app.example/done",
        CallbackMethod = CallbackMethods.Both,
        Language = "en",
        Metadata = new JsonObject { ["order"] = 7 },
        ContactDetails = new() { Email = "jane@example.org", Phone = "+49170", EmailLang = "de", SendNotificationEmails = false },
        ExpectedDetails = new JsonObject { ["first_name"] = "Jane" },
        RequestedAt = new(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(1)),
    };

    [Test]
    public void The_request_has_the_published_names() => Members(Start).ShouldBe(
        [
            "vendorData", "workflowId", "callback", "callbackMethod", "language", "metadata", "contactDetails", "expectedDetails",
            "requestedAt", "notAfter",
        ],
        ignoreOrder: true);

    [Test]
    public void The_contact_details_have_the_published_names() =>
        Members(Start.ContactDetails!).ShouldBe(["email", "phone", "emailLang", "sendNotificationEmails"], ignoreOrder: true);

    [Test]
    public void The_worker_reads_what_the_contract_writes()
    {
        var request = Verification.Reading.Read(JsonSerializer.Serialize(Start, CamelCase));

        request.WorkflowId.ShouldBe(Start.WorkflowId);
        request.RequestedAt.ShouldBe(Start.RequestedAt);
        request.Payload.EnumerateObject().Select(m => m.Name).ShouldBe(
            ["vendor_data", "workflow_id", "callback", "callback_method", "language", "metadata", "contact_details", "expected_details"],
            ignoreOrder: true);
        request.Payload.GetProperty("contact_details").EnumerateObject().Count().ShouldBe(4);
    }

    [Test]
    public void The_worker_reads_a_contract_that_says_no_more_than_it_must() =>
        Verification.Reading.Read(JsonSerializer.Serialize(new StartVerification { VendorData = "user-1" }, CamelCase))
            .VendorData.ShouldBe("user-1");

    // A property that somebody has declared and forgotten to set.
    [Test]
    public void The_worker_reads_a_time_that_was_never_set() =>
        Verification.Reading.Read(JsonSerializer.Serialize(Start with { RequestedAt = default(DateTimeOffset) }, CamelCase))
            .VendorData.ShouldBe("user-1");

    // expiresAt is ours: a repeated answer may carry a dead link, and says so.
    [Test]
    public void The_answer_has_the_published_names() => Members(new VerificationSessionCreated
    {
        RequestId = "order-42",
        IdempotencyKey = Guid.Empty,
        SessionId = "s-1",
        SessionNumber = 1,
        Url = "https://v/1",
        Status = "Not Started",
        VendorData = "user-1",
        WorkflowId = "w",
        CreatedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch,
    }).ShouldBe(
        ["requestId", "idempotencyKey", "sessionId", "sessionNumber", "url", "status", "vendorData", "workflowId", "createdAt",
        "expiresAt"], ignoreOrder: true);

    [Test]
    public void The_rejection_has_the_published_names() => Members(new VerificationSessionRejected
    {
        RequestId = "order-42",
        IdempotencyKey = Guid.Empty,
        Code = RejectionCodes.InvalidMessage,
        Reason = "x",
        VendorData = "user-1",
        WorkflowId = "w",
    }).ShouldBe(["requestId", "idempotencyKey", "code", "reason", "vendorData", "workflowId"], ignoreOrder: true);

    [Test]
    public void The_codes_are_the_published_ones() => Constants(typeof(RejectionCodes)).ShouldBe(
        ["InvalidMessage", "PayloadMismatch", "RefusedByDidit", "AmbiguousSession", "AttemptsExhausted", "Expired"], ignoreOrder: true);

    [Test]
    public void The_callback_methods_are_the_published_ones() =>
        Constants(typeof(CallbackMethods)).ShouldBe(["initiator", "completer", "both"], ignoreOrder: true);

    [Test]
    public void Nothing_but_the_framework_is_referenced() =>
        typeof(StartVerification).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal));

    private static IEnumerable<string> Members<T>(T message) =>
        JsonSerializer.SerializeToNode(message, CamelCase)!.AsObject().Select(m => m.Key);

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
}
