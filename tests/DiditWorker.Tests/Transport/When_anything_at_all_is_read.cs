using System.Net.Mime;
using System.Text;
using DiditWorker.Messaging;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Tests.Hosting;
using DiditWorker.Verification;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.Transport;

/// <summary>
/// Seeded fuzzing: whatever stands in a body is read or refused with a text, by the consumer and by the operator's commands alike.
/// </summary>
public sealed class When_anything_at_all_is_read
{
    private const int Messages = 20_000;
    private const int Largest = 4096;
    private const string Workflow = "99999999-8888-7777-6666-555555555555";

    private static readonly string?[] ContentTypes =
    [
        "application/json", "application/vnd.masstransit+json", null, "application/json; charset=utf-8", "text/json",
        "application/json; charset=utf-16",
    ];

    private static readonly string?[] Encodings = [null, null, null, "utf-8", "identity", "gzip"];

    private static readonly string[] Seeds =
    [
        """{"vendorData":"u","workflowId":"0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11","metadata":"""
            + """{"a":[1,2.5e10,{"b":null}]},"requestedAt":"2026-11-24T12:00:00Z"}""",
        """{"VendorData":"u","contactDetails":"""
            + """{"email":"a@example.org","sendNotificationEmails":true},"expectedDetails":{"first_name":"\u00fc"}}""",
        """{"messageId":"0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11","messageType":"""
            + """["urn:message:DiditWorker.Contracts:StartVerification"],"message":"""
            + """{"vendorData":"u"},"sentTime":"0001-01-01T00:00:00+01:00","headers":{"x":1}}""",
        """{"messageType":["urn:message:Somebody.Else:Event"],"message":"""
            + """{"vendorData":"u"},"responseAddress":"rabbitmq://localhost/q","host":{"processId":1}}""",
        "\ufeff{\"vendor_data\":\"u\"}", "[]", "null", "\"text\"", "",
    ];

    private static readonly string[] Pieces =
    [
        "\\ud800", "\"", "'", ",", "{", "}", "[", "]", ":", "\\", "\0", "\n", "//",
        "null", "true", "1e5", "0001-01-01T00:00:00Z", "\ufeff", "_", "9",
        "\"message\":", "\"vendorData\":", "\"messageType\":", "\"headers\":{", "urn:message:", "ü",
    ];

    [Test]
    public void It_is_read_or_refused_by_the_consumer_and_by_the_commands_alike()
    {
        var random = new Random(81_550);
        var reader = Configured.Reader(("Didit:WorkflowId", Workflow), ("StartVerification:MaximumBodySize", "4096"));
        var (read, refused) = (0, 0);
        for (var i = 0; i < Messages; i++)
        {
            var (body, type, encoding) = (
                Body(random), ContentTypes[random.Next(ContentTypes.Length)], Encodings[random.Next(Encodings.Length)]);
            var reason = Refusal(body, type, encoding);
            var letter = reader.Read("start-verification_error",
                new BasicProperties { MessageId = "order-1", ContentType = type, ContentEncoding = encoding }, body);

            letter.Invalid.ShouldBe(reason, customMessage: Convert.ToBase64String(body));
            (read, refused) = reason is null ? (read + 1, refused) : (read, refused + 1);
            if (encoding is null)
            {
                Deserialize(body, type);
            }
        }

        read.ShouldBeGreaterThan(Messages / 50);
        refused.ShouldBeGreaterThan(Messages / 2);
    }

    private static string? Refusal(byte[] body, string? contentType, string? contentEncoding)
    {
        try
        {
            var (message, envelope) = BodyReader.Read(body, contentType, contentEncoding, Largest);
            if (envelope is not null && !EnvelopeReader.IsOurs(envelope))
            {
                return DeadLetterReader.OtherType;
            }

            StartVerificationReader.Read(message, Workflow);
            return null;
        }
        catch (InvalidMessageException invalid)
        {
            return invalid.Message;
        }
    }

    // Nothing else may come out of it.
    private static void Deserialize(byte[] body, string? contentType)
    {
        try
        {
            new CheckedDeserializer(new ContentType("application/json"), Largest).Deserialize(ReceivedBody.Create(body, contentType));
        }
        catch (InvalidMessageException)
        {
            // As it should be.
        }
    }

    private static byte[] Body(Random random)
    {
        var text = Seeds[random.Next(Seeds.Length)];
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            var end = Math.Min(text.Length, at + random.Next(8));
            text = random.Next(3) switch
            {
                0 => text[..at] + text[end..],
                1 => text[..at] + Pieces[random.Next(Pieces.Length)] + text[at..],
                _ => text[..at] + Pieces[random.Next(Pieces.Length)] + text[end..],
            };
        }

        var body = Encoding.UTF8.GetBytes(text);
        if (body.Length > 0 && random.Next(20) == 0)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        return body;
    }
}
