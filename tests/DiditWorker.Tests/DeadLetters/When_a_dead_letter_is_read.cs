using System.Text;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Tests.Hosting;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>As the consumer reads it, with the same code: else a plan would promise what a replay does not do.</summary>
public sealed class When_a_dead_letter_is_read
{
    private const string Envelope =
        """
        {"MessageId":"0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],
         "SentTime":"2026-11-24T12:00:00Z","message":{"VendorData":"user-1","workflowId":"11111111-2222-4333-8444-555555555555"}}
        """;

    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly DeadLetterReader Reader = Configured.Reader(("Didit:WorkflowId", "99999999-8888-7777-6666-555555555555"));

    [TestCase("application/vnd.masstransit+json")]
    [TestCase("application/json")]
    [TestCase(null)]
    public void An_envelope_is_one_in_any_case_behind_a_byte_order_mark_and_whatever_the_content_type_says(string? contentType)
    {
        var letter = Read("\ufeff" + Envelope, contentType);

        letter.Invalid.ShouldBeNull();
        letter.Delivery!.RequestId.ShouldBe("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11");
        letter.Delivery.PublishedAt.ShouldBe(Noon);
        letter.Request!.WorkflowId.ShouldBe("11111111-2222-4333-8444-555555555555");
    }

    [Test]
    public void What_the_worker_skips_is_told_by_its_type_in_any_case()
    {
        Read(Envelope.Replace("DiditWorker.Contracts", "diditworker.contracts", StringComparison.Ordinal)).Invalid.ShouldBeNull();
        Read(Envelope.Replace("DiditWorker.Contracts", "Somebody.Else", StringComparison.Ordinal))
            .Invalid.ShouldBe(DeadLetterReader.OtherType);
        Read(Envelope.Replace("DiditWorker.Contracts", "Somebody.Else", StringComparison.Ordinal), "application/json")
            .Invalid.ShouldBe(DeadLetterReader.OtherType);
    }

    [Test]
    public void The_earliest_time_counts()
    {
        Read("""{"vendorData":"user-1","requestedAt":"2026-11-23T12:00:00Z"}""", timestamp: Noon)
            .Delivery!.PublishedAt.ShouldBe(Noon.AddDays(-1));
        Read("""{"vendorData":"user-1","requestedAt":"2026-11-25T12:00:00Z"}""", timestamp: Noon).Delivery!.PublishedAt.ShouldBe(Noon);
        Read("""{"vendorData":"user-1","requestedAt":"0001-01-01T00:00:00+01:00"}""", timestamp: Noon).Delivery!.PublishedAt.ShouldBe(Noon);
        Read(Envelope.Replace("\"VendorData\"", "\"requestedAt\":\"2026-11-23T12:00:00Z\",\"VendorData\"", StringComparison.Ordinal))
            .Delivery!.PublishedAt.ShouldBe(Noon.AddDays(-1));
    }

    [Test]
    public void Its_redacted_body_shows_the_same_members_in_any_case() =>
        Redaction.Of(Encoding.UTF8.GetBytes("\ufeff" + """{"VendorData":"sEcret","WorkflowID":"w","requestedAt":"2026-11-24T12:00:00Z"}"""))
            .ShouldBe("""{"VendorData":"***","WorkflowID":"w","requestedAt":"2026-11-24T12:00:00Z"}""");

    [Test]
    public void An_edit_takes_the_spelling_that_is_there()
    {
        var edit = MessageEdit.Apply(
            Read("\ufeff" + """{"VendorData":"user-1","ContactDetails":{"EMAIL":"a@example.org"},"metadata":{"Order":1}}"""),
            ["vendorData=user-2", "contactDetails.email=b@example.org", "metadata.order=2"], Reader, Noon);

        Encoding.UTF8.GetString(edit.Letter.Body.Span).ShouldBe(
            """{"VendorData":"user-2","ContactDetails":{"EMAIL":"b@example.org"},"metadata":{"Order":1,"order":2}}""");
    }

    [Test]
    public void An_edit_can_take_a_misspelt_member_out()
    {
        var letter = Read("""{"vendor_data":"user-1"}""");

        letter.Invalid!.ShouldContain("found vendor_data");
        MessageEdit.Apply(letter, ["vendorData=user-1", "vendor_data=null"], Reader, Noon).Letter.Request!.VendorData.ShouldBe("user-1");
    }

    // The new request was made when the operator made it.
    [TestCase("application/vnd.masstransit+json")]
    [TestCase("application/json")]
    public void A_new_request_counts_as_published_now(string contentType)
    {
        var old = Envelope.Replace("\"VendorData\"", "\"RequestedAt\":\"2026-11-23T12:00:00Z\",\"VendorData\"", StringComparison.Ordinal);

        var edit = MessageEdit.Apply(Read(old, contentType), ["language=de"], Reader, Noon.AddDays(2));

        edit.IsNewRequest.ShouldBeTrue();
        edit.Letter.Delivery!.PublishedAt.ShouldBe(Noon.AddDays(2));
        edit.Letter.Delivery.RequestId.ShouldNotBe("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11");
    }

    [TestCase("{\"vendorData\":\"a\",\"vendorData\":\"b\"}", "names vendorData twice")]
    [TestCase("[]", "expected a JSON object")]
    [TestCase("", "is empty")]
    public void What_cannot_be_read_cannot_be_edited(string body, string fault) =>
        Should.Throw<FormatException>(() => MessageEdit.Apply(Read(body), ["vendorData=x"], Reader, Noon)).Message.ShouldContain(fault);

    private static DeadLetter Read(string body, string? contentType = "application/json", DateTimeOffset? timestamp = null)
    {
        var properties = new BasicProperties { MessageId = "order-1" };
        if (contentType is not null)
        {
            properties.ContentType = contentType;
        }

        if (timestamp is { } at)
        {
            properties.Timestamp = new(at.ToUnixTimeSeconds());
        }

        return Reader.Read("start-verification_error", properties, Encoding.UTF8.GetBytes(body));
    }
}
