using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

[NonParallelizable] // Two times are compared.
public sealed class When_an_exponent_is_long
{
    private const int Longest = 250_000;

    // A carry that goes all the way is the longest way.
    [TestCase("9", "99")]
    [TestCase("9", "-99")]
    [TestCase("1", "99")]
    [TestCase("7", "05")]
    public void It_takes_about_as_long_as_any_text_of_its_length(string digit, string mantissa)
    {
        var number = JsonElement.Parse($"{mantissa.TrimStart('0')}00e{new string(digit[0], Longest)}");
        var text = JsonElement.Parse($"\"{new string('x', Longest)}\"");

        (Shortest(number) / Shortest(text)).ShouldBeLessThan(40);
    }

    [TestCase("999999999999999999", 1)]
    [TestCase("9999999999999999999", 1)]
    [TestCase("9999999999999999999", 250_000)]
    [TestCase("-9999999999999999999", -250_000)]
    [TestCase("10000000000000000000", -1)]
    [TestCase("-10000000000000000000", 1)]
    [TestCase("+100000000000000000000000000", -100)]
    [TestCase("-0000000000000000000000000001", 1)]
    [TestCase("0000000000000000000000000005", -7)]
    [TestCase("12345678901234567890", 0)]
    [TestCase("9223372036854775807", 1)]
    [TestCase("-9223372036854775808", -1)]
    public void It_is_exact(string exponent, int shift)
    {
        Span<byte> room = stackalloc byte[64];

        var written = PowerOfTen.Write(System.Text.Encoding.ASCII.GetBytes(exponent), shift, room);

        System.Text.Encoding.ASCII.GetString(room[..written])
            .ShouldBe((BigInteger.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + shift)
                .ToString(CultureInfo.InvariantCulture));
    }

    private static double Shortest(JsonElement payload) => Enumerable.Range(0, 7).Min(_ =>
    {
        var started = Stopwatch.GetTimestamp();
        Fingerprint.Of(payload).ShouldNotBeEmpty();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    });
}
