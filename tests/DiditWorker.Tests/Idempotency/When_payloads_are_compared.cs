using System.Text.Json;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_payloads_are_compared
{
    [TestCase("""{"a":1,"b":2}""", """{"b":2,"a":1}""", TestName = "Order of members")]
    [TestCase("""{"a":{"x":1,"y":[{"p":1,"q":2}]}}""", """{"a":{"y":[{"q":2,"p":1}],"x":1}}""", TestName = "Order of members deep inside")]
    [TestCase("""{"a":[1,2]}""", " { \"a\" :\t[ 1 ,\r\n2 ] } ", TestName = "White space")]
    [TestCase("""{"a":"é/<"}""", """{"a":"\u00e9\/\u003C"}""", TestName = "Escapes")]
    [TestCase("""{"a":"😀"}""", """{"a":"\uD83D\ude00"}""", TestName = "Escaped surrogate pair")]
    [TestCase("""{"é":1}""", """{"\u00E9":1}""", TestName = "Escapes in a name")]
    [TestCase("1", "1.0")]
    [TestCase("1", "1e0")]
    [TestCase("1", "10E-1")]
    [TestCase("100", "1e2")]
    [TestCase("100", "1E+2")]
    [TestCase("0.1", "0.10")]
    [TestCase("0", "0.000")]
    [TestCase("0", "0e5")]
    [TestCase("0", "-0.0")]
    [TestCase("-1.50", "-15e-1")]
    [TestCase("-0.5", "-5e-1")]
    [TestCase("1e-40", "10e-41")]
    [TestCase("1e40", "10e39")]
    [TestCase("1e400", "10e399")]
    [TestCase("1000000000000000000000000000000", "1e30")]
    public void The_notation_makes_no_difference(string one, string other) => Of(other).ShouldBe(Of(one));

    [TestCase("1", "2")]
    [TestCase("1", "-1")]
    [TestCase("1", "\"1\"", TestName = "Number and text")]
    [TestCase("true", "\"true\"", TestName = "Boolean and text")]
    [TestCase("true", "false")]
    [TestCase("null", "\"null\"", TestName = "Null and text")]
    [TestCase("null", "false")]
    [TestCase("null", "0")]
    [TestCase("[]", "{}")]
    [TestCase("\"\"", "null", TestName = "Empty and null")]
    [TestCase("\"a\"", "\"A\"", TestName = "Case")]
    [TestCase("\"a\"", "\"a \"", TestName = "A blank at the end")]
    [TestCase("\"\\u00e9\"", "\"e\\u0301\"", TestName = "Composed and combined letters")]
    [TestCase("[1,2]", "[2,1]", TestName = "Order in an array")]
    [TestCase("[[1],2]", "[[1,2]]", TestName = "Nesting")]
    [TestCase("[1]", "1")]
    [TestCase("[1]", "[1,1]", TestName = "How often")]
    [TestCase("""{"a":null}""", "{}", TestName = "Null and absent")]
    [TestCase("""{"a":1}""", """{"A":1}""", TestName = "Case of a name")]
    [TestCase("""{"a":{"b":1}}""", """{"a":1,"b":1}""", TestName = "Nested and flat")]
    [TestCase("""{"a":"1,\"b\":2"}""", """{"a":"1","b":2}""", TestName = "Text that looks like members")]
    [TestCase("""{"a":1,"a":2}""", """{"a":2}""", TestName = "A name given twice")]
    [TestCase("1e-40", "0")]
    [TestCase("1e-40", "2e-40")]
    [TestCase("1e-28", "1.4e-28")]
    [TestCase("1e-28", "6e-29")]
    [TestCase("0.1", "0.1000000000000000000000000000001")]
    [TestCase("9007199254740992", "9007199254740993")]
    [TestCase("79228162514264337593543950335", "79228162514264337593543950336")]
    [TestCase("1000000000000000000000000000000", "1000000000000000000000000000001")]
    [TestCase("1e400", "1e401")]
    public void Another_value_makes_a_difference(string one, string other) => Of(other).ShouldNotBe(Of(one), StringComparer.Ordinal);

    [Test]
    public void The_form_has_a_version_and_fits_between_blanks() => Of("{}").ShouldMatch("^1\\.[A-Za-z0-9_-]{43}$");

    // Records of a running installation hold it: a change of the canonical form needs another version. Computed with Python's hashlib.
    [TestCase("""{"vendor_data":"user-1","workflow_id":"11111111-2222-3333-4444-555555555555"}""",
        "1.5XLjGv0JVs37K0LLdHE8py-gb9DSj-d3P2S4fNXigsw")]
    [TestCase("""{"metadata":{"z":["x",null,true],"a":"é"},"vendor_data":"ü"}""", "1.JsvyiIx07C5cDz91CeL7z4ny0FiNBRNn9YyvhPMzb7g")]
    [TestCase("""{"e":-12345678901234567890123456789,"d":0.25e-3,"c":-0.0,"b":100,"a":-1.50}""",
        "1.AQ35DzTMsBax20GRhB_bDDZCDqFDWUMZ6YCv7Zwfrjs")]
    public void A_form_once_given_never_changes(string payload, string fingerprint) => Of(payload).ShouldBe(fingerprint);

    private static string Of(string json) => Fingerprint.Of(JsonElement.Parse(json));
}
