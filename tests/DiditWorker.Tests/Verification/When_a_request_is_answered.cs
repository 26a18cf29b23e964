using DiditWorker.Protocol;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_request_is_answered
{
    private static readonly DateTimeOffset CreatedAt = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly DiditSession _session = new()
    {
        Id = "s-1",
        Number = 42,
        Url = "https://verify.didit.me/session/tok",
        Status = "Not Started",
        WorkflowId = "11111111-2222-3333-4444-555555555555",
        CreatedAt = CreatedAt,
    };

    [Test]
    public void The_event_joins_the_session_and_the_request()
    {
        var key = IdempotencyKey.Create("start-verification", "order-42");
        var request = Reading.Read("""{"vendorData":"user-1"}""");

        var answer = new Answer(_session, "created", Attempts: 1)
            .ToEvent(new Delivery("order-42", key, null, MaybeAttempted: false), request, TimeSpan.FromDays(7));

        answer.ShouldBe(new()
        {
            RequestId = "order-42",
            IdempotencyKey = key.Value,
            SessionId = "s-1",
            SessionNumber = 42,
            Url = "https://verify.didit.me/session/tok",
            Status = "Not Started",
            VendorData = "user-1",
            WorkflowId = "11111111-2222-3333-4444-555555555555",
            CreatedAt = CreatedAt,
            ExpiresAt = CreatedAt.AddDays(7),
        });
    }

    [TestCase(42L)]
    [TestCase(null)]
    public void The_stored_form_leads_to_the_same_answer(long? number)
    {
        var stored = _session with { Number = number, CreatedAt = CreatedAt.AddTicks(1234567) };

        DiditSession.FromPayload(stored.ToPayload()).ShouldBe(stored);
    }

    [Test]
    public void A_session_never_shows_its_url_as_text() => $"{_session}".ShouldBe("session s-1");
}
