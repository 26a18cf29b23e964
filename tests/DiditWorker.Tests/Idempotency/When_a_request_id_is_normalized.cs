using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_request_id_is_normalized
{
    private const string Uuid = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";

    [TestCase("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11")]
    [TestCase("0B2F3C1E-7A52-4A53-9A0E-1D6F1F0C9C11")]
    [TestCase("0b2f3c1e7a524a539a0e1d6f1f0c9c11")]
    [TestCase("0B2F3C1E7A524A539A0E1D6F1F0C9C11")]
    [TestCase("{0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11}")]
    [TestCase("{0B2F3C1E-7a52-4a53-9a0e-1d6f1f0c9c11}")]
    public void A_uuid_in_any_notation_becomes_lower_case_and_hyphenated(string notation) =>
        RequestId.Normalize(notation).ShouldBe(Uuid);

    [TestCase("order-42")]
    [TestCase(" order-42")]
    [TestCase("order-42 ")]
    [TestCase("Order-42")]
    [TestCase("Überprüfung-7")]
    [TestCase("")]
    [TestCase(" ")]
    [TestCase("0b2f3c1e")]
    [TestCase("{0b2f3c1e7a524a539a0e1d6f1f0c9c11}")]
    [TestCase("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c1g")]
    public void Anything_else_stays_as_it_is(string id) => RequestId.Normalize(id).ShouldBe(id);

    [TestCase(" 0B2F3C1E-7A52-4A53-9A0E-1D6F1F0C9C11")]
    [TestCase("0B2F3C1E-7A52-4A53-9A0E-1D6F1F0C9C11 ")]
    [TestCase("\t0B2F3C1E7A524A539A0E1D6F1F0C9C11")]
    [TestCase("{0B2F3C1E-7A52-4A53-9A0E-1D6F1F0C9C11}\n")]
    public void A_uuid_with_blanks_around_it_is_no_uuid(string id) => RequestId.Normalize(id).ShouldBe(id);

    // .NET's parser still takes the signs and "0x" that earlier versions took: two different ids would share a key.
    [TestCase("+b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11")]
    [TestCase("0x2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11")]
    [TestCase("0b2f3c1e-+a52-4a53-9a0e-1d6f1f0c9c11")]
    [TestCase("{0b2f3c1e-0x52-4a53-9a0e-1d6f1f0c9c11}")]
    public void What_only_dotnet_takes_for_a_uuid_is_none(string id) => RequestId.Normalize(id).ShouldBe(id);

    [Test]
    public void Doing_it_twice_changes_nothing() => Gen.OneOf(Gen.String, Gen.Guid.Select(g => g.ToString("B").ToUpperInvariant())).Sample(
        id => RequestId.Normalize(RequestId.Normalize(id)) == RequestId.Normalize(id), iter: 500);
}
