using System.Text.Json;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

/// <summary>The operator's commands read a message without the bus, and must come to what the consumer comes to with it.</summary>
public sealed class When_the_bus_and_we_read_the_same
{
    [Test]
    public void The_names_of_headers_are_its_own()
    {
        BusHeaders.MessageId.ShouldBe(MessageHeaders.MessageId);
        BusHeaders.OriginalMessageId.ShouldBe(MessageHeaders.OriginalMessageId);
        BusHeaders.ActivityId.ShouldBe(DiagnosticHeaders.ActivityId);
        BusHeaders.ActivityPropagation.ShouldBe(DiagnosticHeaders.ActivityPropagation);
    }

    [TestCase("""{"id":"text"}""")]
    [TestCase("""{"ID":"text"}""")]
    [TestCase("""{"ID":"first","id":"second"}""")]
    [TestCase("""{"id":"second","ID":"first"}""")]
    [TestCase("""{"id":""}""")]
    [TestCase("""{"id":5}""")]
    [TestCase("""{"id":5.50}""")]
    [TestCase("""{"id":12345678901234567890}""")]
    [TestCase("""{"id":1e300}""")]
    [TestCase("""{"id":true}""")]
    [TestCase("""{"id":null}""")]
    [TestCase("""{"id":["text"]}""")]
    [TestCase("""{"id":{"a":"text"}}""")]
    [TestCase("""{"id":"2026-11-24T12:00:00Z"}""")]
    [TestCase("""{"id":"text","ID":null}""")]
    [TestCase("""{"id":null,"ID":"text"}""")]
    [TestCase("""{"id":1.0}""")]
    [TestCase("""{"id":-0}""")]
    [TestCase("""{"id":9223372036854775807}""")]
    [TestCase("""{"id":9223372036854775808}""")]
    [TestCase("""{"id":1e400}""")]
    [TestCase("""{"id":"1E5"}""")]
    [TestCase("""{"id":{}}""")]
    [TestCase("""{"other":"text"}""")]
    [TestCase("{}")]
    public void A_header_of_an_envelope_is_the_same(string headers)
    {
        var json = JsonElement.Parse(headers);
        var read = new Envelope([], default) { Headers = json };
        var bus = new EnvelopeMessageContext(
            new JsonMessageEnvelope
            {
                Headers = json.Deserialize<Dictionary<string, object?>>(SystemTextJsonMessageSerializer.Options)!,
            },
            SystemTextJsonMessageSerializer.Instance);

        new DeliveryFacts { Header = _ => null }.With(read).EnvelopeHeader("id")
            .ShouldBe(bus.Headers.TryGetHeader("id", out var value) ? DeliveryFacts.Text(value) : null);
    }
}
