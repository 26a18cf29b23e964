using System.Text;
using CsCheck;
using DiditWorker.Operations.Archive;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_a_dead_letter_is_archived
{
    [Test]
    public void Any_tree_of_headers_comes_back_with_every_type() => AmqpValues.Tables.Sample(
        headers =>
        {
            var line = Archived.Line(new() { Headers = headers });
            return !line.Contains('\n', StringComparison.Ordinal)
                && AmqpValues.AreSame(headers, ArchiveLine.Read(line)!.Properties.Headers);
        },
        iter: 2000);

    [Test]
    public void Any_body_comes_back_byte_for_byte() => Gen.Byte.Array[0, 5000].Sample(
        body => ArchiveLine.Read(Archived.Line(new(), body))!.Body.Span.SequenceEqual(body), iter: 200);

    [Test]
    public void Every_property_comes_back()
    {
        var properties = new BasicProperties
        {
            MessageId = "id", CorrelationId = "correlation", Type = "type", AppId = "app", UserId = "user", ClusterId = "cluster",
            ReplyTo = "reply",
            ContentType = "application/json", ContentEncoding = "gzip", DeliveryMode = DeliveryModes.Transient, Priority = 7,
            Expiration = "60000",
            Timestamp = new(1_790_000_000),
        };

        Read(properties).ShouldBeEquivalentTo(properties);
    }

    [Test]
    public void A_property_that_is_not_set_stays_unset() => Read(new()).ShouldBeEquivalentTo(new BasicProperties());

    [Test]
    public void An_empty_text_is_not_the_same_as_none() =>
        Read(new() { MessageId = "", Type = "" }).ShouldBeEquivalentTo(new BasicProperties { MessageId = "", Type = "" });

    [Test]
    public void People_can_read_which_one_it_is() => Archived.Line(new() { MessageId = "order-1" })
        .ShouldContain("""
            "messageId":"order-1","group":"InvalidMessage"
            """);

    [Test]
    public void Text_that_the_client_would_send_as_text_comes_back_as_its_bytes()
    {
        var headers = Read(new() { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = "é" } }).Headers!;

        headers["x"].ShouldBe(Encoding.UTF8.GetBytes("é"));
    }

    [Test]
    public void A_type_that_AMQP_does_not_have_is_refused()
    {
        var properties = new BasicProperties
        {
            MessageId = "order-1", Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 5UL },
        };

        Should.Throw<ArchiveException>(() => Archived.Line(properties))
            .Message.ShouldStartWith("message order-1 cannot be kept without loss: ");
    }

    [Test]
    public void Redacted_it_holds_no_contents_and_no_header_of_a_caller()
    {
        var line = Archived.Redacted(
            new()
            {
                MessageId = "order-1", UserId = "planted-user", ReplyTo = "planted-reply", CorrelationId = "planted-correlation",
                AppId = "planted-app", Type = "planted-type",
                Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["MT-Fault-ExceptionType"] = "DiditWorker.InvalidMessage"u8.ToArray(),
                    ["MT-Fault-Message"] = "planted-text"u8.ToArray(),
                    ["MT-Fault-StackTrace"] = "planted-stack"u8.ToArray(), ["email"] = "planted@example.org"u8.ToArray(),
                },
            },
            """{"vendorData":"planted-person","workflowId":"w-1"}"""u8.ToArray());

        line.ShouldNotContain("planted");
        line.ShouldContain("order-1");
        line.ShouldContain("DiditWorker.InvalidMessage");
        line.ShouldContain("\"redacted\":true");
        line.ShouldContain("w-1");
    }

    private static BasicProperties Read(BasicProperties properties) => ArchiveLine.Read(Archived.Line(properties))!.Properties;
}
