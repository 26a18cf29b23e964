using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_properties_name_the_content
{
    private static readonly byte[] Body = "{\"vendorData\":\"user-1\"}"u8.ToArray();

    [TestCase(null)]
    [TestCase("")]
    [TestCase("  ")]
    [TestCase("application/json")]
    [TestCase("APPLICATION/JSON")]
    [TestCase(" application/json ")]
    [TestCase("application/json;charset=utf-8")]
    [TestCase("application/json; Charset=\"UTF-8\"; profile=x")]
    [TestCase("application/json ; charset=utf8")]
    [TestCase("application/json; charset=us-ascii")]
    [TestCase("application/json;")]
    [TestCase("text/json")]
    [TestCase("Text/JSON; charset=utf-8")]
    public void Every_spelling_of_json_is_read(string? contentType) => Read(contentType, null).Envelope.ShouldBeNull();

    [TestCase("application/vnd.masstransit+json")]
    [TestCase("application/vnd.masstransit+json; charset=utf-8")]
    [TestCase(" Application/Vnd.MassTransit+Json")]
    public void Every_spelling_of_the_envelope_is_one(string contentType) =>
        Refused(contentType, null).ShouldContain("the MassTransit envelope needs");

    [TestCase("application/problem+json")]
    [TestCase("application/cloudevents+json")]
    [TestCase("application/vnd.masstransit+bson")]
    [TestCase("application/vnd.masstransit+aes")]
    [TestCase("application/x-protobuf")]
    [TestCase("application/xml; charset=utf-8")]
    [TestCase("application/json, text/plain")]
    [TestCase("text/plain")]
    [TestCase("json")]
    [TestCase(";;;")]
    public void Others_are_refused_and_what_to_publish_is_named(string contentType) =>
        Refused(contentType, null).ShouldBe(
            "content_type: expected application/json or application/vnd.masstransit+json, and a body that is that");

    [TestCase("application/json; charset=utf-16", "utf-16 ")]
    [TestCase("application/json; charset=ISO-8859-1", "ISO-8859-1 ")]
    [TestCase("application/json; x=y; charset=\"windows-1252\"", "windows-1252 ")]
    [TestCase("application/json; charset=jane@example.org", "")]
    [TestCase("application/vnd.masstransit+json; charset=utf-16", "utf-16 ")]
    public void Another_charset_is_refused_and_named(string contentType, string shown) =>
        Refused(contentType, null).ShouldBe($"content_type: charset {shown}is not read; publish the body in UTF-8");

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    [TestCase("identity")]
    [TestCase("Identity")]
    [TestCase("utf-8")]
    [TestCase("UTF-8")]
    [TestCase("utf8")]
    [TestCase("UTF8 ")]
    public void An_encoding_that_changes_nothing_is_read(string? encoding) => Read("application/json", encoding).Envelope.ShouldBeNull();

    [TestCase("gzip", "gzip ")]
    [TestCase("GZIP", "GZIP ")]
    [TestCase("deflate", "deflate ")]
    [TestCase("br", "br ")]
    [TestCase("zstd", "zstd ")]
    [TestCase("base64", "base64 ")]
    [TestCase("utf-16", "utf-16 ")]
    [TestCase("binary", "binary ")]
    [TestCase("gzip, identity", "")]
    [TestCase("jane@example.org", "")]
    [TestCase("a-word-that-is-far-longer-than-any-encoding", "")]
    public void Every_other_encoding_is_refused_and_named(string encoding, string shown) => Refused("application/json", encoding).ShouldBe(
        $"content_encoding: {shown}is not read; publish the body uncompressed, in UTF-8, and without a content_encoding or with utf-8");

    private static CheckedBody Read(string? contentType, string? encoding) => BodyReader.Read(Body, contentType, encoding, 1024);

    private static string Refused(string? contentType, string? encoding) =>
        Should.Throw<InvalidMessageException>(() => Read(contentType, encoding)).Message;
}
