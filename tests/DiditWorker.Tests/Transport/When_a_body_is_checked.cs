using System.IO.Compression;
using System.Net.Mime;
using System.Text;
using DiditWorker.Messaging;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_a_body_is_checked
{
    private const string Raw = "application/json";
    private const string Envelope = "application/vnd.masstransit+json";
    private const int Largest = 1024;

    [TestCase("", "is empty; expected a JSON object")]
    [TestCase(" \r\n\t", "is empty; expected a JSON object")]
    [TestCase("hello", "is no JSON (line 1, byte 1)")]
    [TestCase("<x/>", "is no JSON (line 1, byte 1)")]
    [TestCase("{\"vendorData\":\"x\",\"vendorData\":\"y\"}", "names vendorData twice (line 1, byte 19)")]
    [TestCase("{\"vendorData\":\"x\",\n \"vendorData\":\"y\"}", "names vendorData twice (line 2, byte 2)")]
    [TestCase("{\"vendorData\":\"x\",\"a\":1,\"\\u0061\":2}", "names a member twice (line 1, byte 25)")]
    [TestCase("{\"metadata\":{\"jane\":1,\"jane\":2}}", "names a member twice (line 1, byte 23)")]
    [TestCase("{\"metadata\":[{\"a\":1},{\"a\":1,\"a\":2}]}", "names a member twice (line 1, byte 29)")]
    [TestCase("{\"contactDetails\":{\"email\":1,\"email\":2}}", "names email twice (line 1, byte 30)")]
    [TestCase("{'vendorData': 'x'}", "has single quotes; names and texts stand in double quotes in JSON (line 1, byte 2)")]
    [TestCase("{\"vendorData\": 'x'}", "has single quotes; names and texts stand in double quotes in JSON (line 1, byte 16)")]
    [TestCase("{vendorData:\"x\"}", "has the name of a member without double quotes (line 1, byte 2)")]
    [TestCase("{\"a\":1,b:2}", "has the name of a member without double quotes (line 1, byte 8)")]
    [TestCase("{", "ends in the middle of the JSON; was it cut off? (line 1, byte 2)")]
    [TestCase("{\"vendorData\":\"x", "ends in the middle of the JSON; was it cut off? (line 1, byte 17)")]
    [TestCase("{\"vendorData\":\"x\"", "ends in the middle of the JSON; was it cut off? (line 1, byte 18)")]
    [TestCase("{\"vendorData\":\"x\",\"metadata\":{\"a\":tr", "ends in the middle of the JSON; was it cut off? (line 1, byte 37)")]
    [TestCase("{\"vendorData\":\"x\",\n\"metadata\":{\"a\":12", "ends in the middle of the JSON; was it cut off? (line 2, byte 19)")]
    [TestCase("{\"vendorData\":\"\\u00", "ends in the middle of the JSON; was it cut off? (line 1, byte 20)")]
    [TestCase("{\"vendorData\":\"x\",}", "has a comma after the last member (line 1, byte 19)")]
    [TestCase("{\"metadata\":{\"a\":[1, ]}}", "has a comma after the last member (line 1, byte 22)")]
    [TestCase("{\"vendorData\":\"x\"} // done", "has something after the end of the JSON (line 1, byte 20)")]
    [TestCase("{\"vendorData\":\"x\"}{}", "has something after the end of the JSON (line 1, byte 19)")]
    [TestCase("{\"vendorData\":\"x\"}\0", "has something after the end of the JSON (line 1, byte 19)")]
    [TestCase("// mine\n{}", "has a comment, which JSON does not allow (line 1, byte 1)")]
    [TestCase("{\"vendorData\":/* */\"x\"}", "has a comment, which JSON does not allow (line 1, byte 15)")]
    [TestCase("{\"vendorData\":\"x\", # mine\n}", "has a comment, which JSON does not allow (line 1, byte 20)")]
    [TestCase("{\"vendorData\":\"a\tb\"}",
        "holds a control character; in a string it must be escaped, a line break as \\n (line 1, byte 17)")]
    [TestCase("{\"vendorData\":\"a\nb\"}",
        "holds a control character; in a string it must be escaped, a line break as \\n (line 1, byte 17)")]
    [TestCase("{\"vendorData\":\"\\x\"}", "has an escape that JSON does not know (line 1, byte 17)")]
    [TestCase("{\"vendorData\":\"it\\'s\"}", "has an escape that JSON does not know (line 1, byte 19)")]
    [TestCase("{\"vendorData\":\"\\u12\"}", "has an escape that JSON does not know (line 1, byte 20)")]
    [TestCase("{\"metadata\":{\"a\":None}}", "has a word that is not true, false or null; texts stand in double quotes (line 1, byte 18)")]
    [TestCase("{\"metadata\":{\"a\":NaN}}", "has a word that is not true, false or null; texts stand in double quotes (line 1, byte 18)")]
    [TestCase("{\"metadata\":{\"a\":True}}", "has a word that is not true, false or null; texts stand in double quotes (line 1, byte 18)")]
    [TestCase("{\"metadata\":{\"a\":nul}}", "has a word that is not true, false or null; texts stand in double quotes (line 1, byte 21)")]
    [TestCase("{\"vendorData\":user}", "has a word that is not true, false or null; texts stand in double quotes (line 1, byte 15)")]
    [TestCase("{\"metadata\":{\"a\":01}}", "has a number that JSON does not know, or misses a comma (line 1, byte 19)")]
    [TestCase("{\"metadata\":{\"a\":0x1F}}", "has a number that JSON does not know, or misses a comma (line 1, byte 19)")]
    [TestCase("{\"metadata\":{\"a\":1.}}", "has a number that JSON does not know, or misses a comma (line 1, byte 20)")]
    [TestCase("{\"metadata\":{\"a\":+1}}", "has a number that JSON does not know (line 1, byte 18)")]
    [TestCase("{\"metadata\":{\"a\":.5}}", "has a number that JSON does not know (line 1, byte 18)")]
    [TestCase("{\"vendorData\" \"x\"}", "misses a comma or a colon (line 1, byte 15)")]
    [TestCase("{\"vendorData\":}", "misses a value (line 1, byte 15)")]
    [TestCase("{\"vendorData\":\"x\" \"language\":\"en\"}", "misses a comma or a colon (line 1, byte 19)")]
    [TestCase("{\"vendorData\":\"x\"\n\"language\":\"en\"}", "misses a comma or a colon (line 2, byte 1)")]
    [TestCase("{\"metadata\":{\"a\":[{}{}]}}", "misses a comma or a colon (line 1, byte 21)")]
    [TestCase("{\"vendorData\":\"x\",\"\\ud800\":1}",
        "the name of a member holds half of a surrogate pair, which is no text (line 1, byte 19)")]
    [TestCase("{\"vendorData\":\"x\",\"metadata\":{\"\\ud800\":1}}",
        "the name of a member holds half of a surrogate pair, which is no text (line 1, byte 31)")]
    [TestCase("[]", "expected a JSON object, got Array")]
    [TestCase("null", "expected a JSON object, got Null")]
    [TestCase("\"{}\"", "expected a JSON object, got String; is it written as JSON twice?")]
    public void Each_fault_has_a_text_of_its_own_and_a_place(string body, string fault) =>
        Refused(Encoding.UTF8.GetBytes(body), Raw).ShouldBe("body: " + fault);

    // Every beginning and every single change of a body that is right.
    [Test]
    public void No_text_is_without_a_place_and_none_quotes_the_body()
    {
        var good = Encoding.UTF8.GetBytes("{\"vendorData\":\"sEcret\",\n\"metadata\":{\"sEcret\":[1.5e3,true,null,\"\\u00fc\\n\"]}}");
        var bodies = Enumerable.Range(1, good.Length - 1).Select(length => good[..length])
            .Concat(from at in Enumerable.Range(0, good.Length)
                    from value in (byte[])[0, 9, 10, (byte)'"', (byte)'\'', (byte)',', (byte)'}', (byte)'[', (byte)'\\',
                        (byte)'x', (byte)'7', 0xC3, 0xFF]
                    select (byte[])[.. good[..at], value, .. good[(at + 1)..]]);

        var refused = 0;
        foreach (var reason in bodies.Select(body => Reason(body, Raw)).OfType<string>()
            .Where(reason => reason.StartsWith("body: ", StringComparison.Ordinal)))
        {
            reason.ShouldMatch(@"\(line [123], byte [1-9][0-9]*\)$|UTF-16|^body: expected a JSON object");
            reason.ShouldNotContain("sEcret");
            refused++;
        }

        refused.ShouldBeGreaterThan(500);
    }

    [TestCase("{\"vendorData\":\"ü\"}", "line 1, byte 16")]
    [TestCase("{\"vendorData\":\"x\",\n\"metadata\":{\"a\":\"ü\"}}", "line 2, byte 18")]
    [TestCase("{\"vendorData\":\"x\",\"expectedDetails\":{\"ü\":1}}", "line 1, byte 39")]
    public void What_is_not_utf_8_is_invalid(string body, string place) =>
        Refused(Encoding.Latin1.GetBytes(body), Raw).ShouldBe($"body: is not UTF-8 ({place})");

    [TestCase("utf-16")]
    [TestCase("utf-16BE")]
    [TestCase("utf-32")]
    [TestCase("utf-32BE")]
    public void Other_encodings_of_unicode_are_named(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var body = encoding.GetBytes("{\"vendorData\":\"x\"}");

        foreach (var bytes in (byte[][])[body, [.. encoding.GetPreamble(), .. body]])
        {
            Refused(bytes, Raw).ShouldBe("body: is UTF-16 or UTF-32; publish it in UTF-8");
        }
    }

    [Test]
    public void What_is_compressed_is_named_though_nobody_says_so()
    {
        Refused(Compressed(stream => new GZipStream(stream, CompressionLevel.Optimal)), Raw)
            .ShouldBe("body: is compressed with gzip; publish it uncompressed");
        Refused(Compressed(stream => new ZLibStream(stream, CompressionLevel.Optimal)), Raw)
            .ShouldBe("body: is compressed; publish it uncompressed");
    }

    [TestCase(Raw, "{\"vendorData\":\"x\"}")]
    [TestCase(null, "{\"vendorData\":\"x\"}")]
    [TestCase(Envelope, "{\"messageType\":[\"urn:message:A:B\"],\"message\":{}}")]
    [TestCase(null, "{\"messageType\":[\"urn:message:A:B\"],\"message\":{}}")]
    public void A_byte_order_mark_is_passed_over(string? contentType, string body) =>
        Reason([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)], contentType).ShouldBeNull();

    [Test]
    public void Nothing_but_a_byte_order_mark_is_empty() =>
        Refused([0xEF, 0xBB, 0xBF], Raw).ShouldBe("body: is empty; expected a JSON object");

    [Test]
    public void What_is_too_large_is_invalid_and_both_sizes_are_named()
    {
        Refused(Encoding.UTF8.GetBytes("{}".PadRight(Largest + 1)), Raw).ShouldSatisfyAllConditions(
            reason => reason.ShouldContain("1025"), reason =>
            reason.ShouldContain("1024"), reason => reason.ShouldContain("StartVerification:MaximumBodySize"));
    }

    [TestCase(Raw, 32)]
    [TestCase(null, 34)]
    public void What_is_too_deep_is_invalid(string? contentType, int deepest)
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", deepest)) + "{}" + new string('}', deepest);

        Refused(Encoding.UTF8.GetBytes(body), contentType).ShouldBe($"body: is deeper than 32 levels (line 1, byte {(5 * deepest) + 1})");
    }

    [TestCase("{\"email\":\"jane@example.org\"")]
    [TestCase("{\"jane@example.org\":x}")]
    [TestCase("{\"jane@example.org\":1,\"jane@example.org\":2}")]
    public void The_reason_quotes_nothing_of_the_body(string body) => Refused(Encoding.UTF8.GetBytes(body), Raw).ShouldNotContain("jane");

    private static byte[] Compressed(Func<Stream, Stream> with)
    {
        var memory = new MemoryStream();
        using (var stream = with(memory))
        {
            stream.Write("{\"vendorData\":\"x\"}"u8);
        }

        return memory.ToArray();
    }

    private static string Refused(byte[] body, string? contentType) => Reason(body, contentType).ShouldNotBeNull();

    private static string? Reason(byte[] body, string? contentType)
    {
        try
        {
            new CheckedDeserializer(new ContentType(Envelope), Largest).Deserialize(ReceivedBody.Create(body, contentType));
            return null;
        }
        catch (InvalidMessageException invalid)
        {
            return invalid.Message;
        }
    }
}
