using System.Text;
using System.Text.Json;
using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

// The text is put together here and not by a JSON library: notations, names given twice and escapes must come as a publisher may write
// them.
public sealed class When_random_json_is_fingerprinted_as_at_first
{
    private static readonly Gen<string> Characters = Gen.OneOf(
        Gen.Char['a', 'd'].Select(c => c.ToString()),
        Gen.OneOf("A", "_", " ", "<", "&", "'", "+", "\u007f", "é", "日", "\uE000", "\uFFFD", "😀", "\u2028"),
        Gen.OneOf("\\\"", "\\\\", "\\/", "\\n", "\\u0061", "\\u00e9", "\\u00E9", "\\uD83D\\uDE00", "\\uE000", "\\u0000"));

    private static readonly Gen<string> Texts = Characters.Array[0, 5].Select(c => "\"" + string.Concat(c) + "\"");

    private static readonly Gen<string> Digits = Gen.OneOf('0', '0', '1', '5', '9').Array[1, 30].Select(d => new string(d));

    private static readonly Gen<string> Exponents = Gen.Select(
        Gen.OneOf("e", "E", "e+", "E-", "e-"),
        Gen.OneOf(
            Digits,
            Gen.OneOf("0", "00", "1", "999999999999999999", "9223372036854775807", new string('9', 40), "1" + new string('0', 40))),
        string.Concat);

    private static readonly Gen<string> Numbers = Gen.Select(
        Gen.OneOf("", "-"),
        Gen.OneOf(Gen.Const("0"), Gen.Select(Gen.OneOf("1", "7", "10"), Digits, string.Concat), Gen.Int[0, 200].Select(Invariant)),
        Gen.OneOf(Gen.Const(""), Digits.Select(d => "." + d), Gen.Const("." + new string('0', 200))),
        Gen.OneOf(Gen.Const(""), Gen.Const(""), Exponents),
        string.Concat);

    private static readonly Gen<string> Leaves = Gen.OneOf(Texts, Numbers, Gen.OneOf("true", "false", "null", "[]", "{}"));

    private static readonly Gen<string> Documents = Gen.Recursive<string>((depth, self) => depth > 3
        ? Leaves
        : Gen.OneOf(
            Leaves,
            self.Array[0, 4].Select(items => "[" + string.Join(" , ", items) + "]"),
            Gen.Select(Texts, self, (name, value) => name + " : " + value)
                .Array[0, 6].Select(members => "{" + string.Join(',', members) + "}")));

    [Test]
    public void It_is_the_same() => Documents.Sample(Check, iter: 20000);

    [Test]
    public void So_is_that_of_a_number() => Numbers.Sample(Check, iter: 20000);

    [Test]
    public void So_is_that_of_an_object_with_many_names_some_given_twice() => Gen.Select(
        Gen.Select(Texts, Gen.Int[0, 99], (name, value) => name + ":" + Invariant(value)).Array[0, 200], members =>
        "{" + string.Join(',', members) + "}").Sample(Check, iter: 300);

    [TestCase("\"\\ud800\"", TestName = "Half of a surrogate pair as a value")]
    [TestCase("{\"\\ud800\":1}", TestName = "Half of a surrogate pair as a name")]
    public void What_is_no_text_is_refused_as_at_first(string json)
    {
        Should.Throw<InvalidOperationException>(() => FirstFingerprint.Of(JsonElement.Parse(json)));
        Should.Throw<InvalidOperationException>(() => Fingerprint.Of(JsonElement.Parse(json)));
    }

    private static bool Check(string json)
    {
        var payload = JsonElement.Parse(Encoding.UTF8.GetBytes(json));
        return Fingerprint.Of(payload) == FirstFingerprint.Of(payload);
    }

    private static string Invariant(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
