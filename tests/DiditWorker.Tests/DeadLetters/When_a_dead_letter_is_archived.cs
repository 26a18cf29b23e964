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
            return !line.Contains('\n', StringComparison.Ordinal) && AmqpValues.AreSame(headers, ArchiveLine.Read(line)!.Properties.Headers);
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
            MessageId = "id", CorrelationId = "correlation", Type = "type", AppId = "app", UserId = "user", ClusterId = "cluster", ReplyTo = "reply",
            ContentType = "application/json", ContentEncoding = "gzip", DeliveryMode = DeliveryModes.Transient, Priority = 7, Expiration = "60000",
            Timestamp = new(1_790_000_000),
        };

        Archived.Line(properties).ShouldContain(
            """
            "properties":{"message_id":"id","correlation_id":"correlation","type":"type","app_id":"app","user_id":"user","cluster_id":"cluster","reply_to":"reply","content_type":"application/json","content_encoding":"gzip","expiration":"60000","delivery_mode":1,"priority":7,"timestamp":"1790000000"}
            """);
        Read(properties).ShouldBeEquivalentTo(properties);
    }

    [Test]
    public void A_property_that_is_not_set_stays_unset() => Read(new()).ShouldBeEquivalentTo(new BasicProperties());

    [Test]
    public void An_empty_text_is_not_the_same_as_none() => Read(new() { MessageId = "", Type = "" }).ShouldBeEquivalentTo(new BasicProperties { MessageId = "", Type = "" });

    [Test]
    public void Headers_are_readable_and_name_their_types() => Archived.Line(new()
    {
        Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["MT-Reason"] = "fault"u8.ToArray(), ["retries"] = 3, ["big"] = long.MaxValue, ["none"] = null, ["raw"] = new byte[] { 0xff },
            ["price"] = 1.50m, ["list"] = new List<object?> { true, (short)-1 },
        },
    }).ShouldContain("""
        "headers":{"MT-Reason":"fault","retries":{"int":3},"big":{"long":"9223372036854775807"},"none":null,"raw":{"bytes":"/w=="},"price":{"decimal":"1.50"},"list":{"array":[true,{"short":-1}]}}
        """);

    [Test]
    public void Text_that_the_client_would_send_as_text_comes_back_as_its_bytes()
    {
        var headers = Read(new() { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = "é" } }).Headers!;

        headers["x"].ShouldBe(Encoding.UTF8.GetBytes("é"));
    }

    [Test]
    public void A_type_that_AMQP_does_not_have_is_refused_by_name()
    {
        var properties = new BasicProperties { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 5UL } };

        Should.Throw<ArchiveException>(() => Archived.Line(properties)).Message.ShouldBe("a header has the type UInt64, which AMQP does not have");
    }

    [Test]
    public void A_nesting_that_could_not_be_read_again_is_refused()
    {
        Should.NotThrow(() => ArchiveLine.Read(Archived.Line(new() { Headers = Nested(99) })));
        Should.Throw<ArchiveException>(() => Archived.Line(new() { Headers = Nested(101) })).Message.ShouldContain("deeper than 100 levels");
        Should.Throw<ArchiveException>(() => Archived.Line(new() { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = NestedArray(101) } }))
            .Message.ShouldContain("deeper than 100 levels");
    }

    [Test]
    public void Redacted_it_holds_no_contents_and_no_header_of_a_caller()
    {
        var line = Archived.Redacted(
            new()
            {
                MessageId = "order-1", UserId = "planted-user", ReplyTo = "planted-reply", CorrelationId = "planted-correlation", AppId = "planted-app", Type = "planted-type",
                Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["MT-Fault-ExceptionType"] = "DiditWorker.InvalidMessage"u8.ToArray(), ["MT-Fault-Message"] = "planted-text"u8.ToArray(),
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

    private static Dictionary<string, object?> Nested(int levels) =>
        new(StringComparer.Ordinal) { ["x"] = levels == 0 ? null : Nested(levels - 1) };

    private static List<object?> NestedArray(int levels) => [levels == 0 ? null : NestedArray(levels - 1)];
}
