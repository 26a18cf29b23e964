using System.Text;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

public sealed class When_text_is_measured
{
    [TestCase("x")]
    [TestCase("ü")]
    [TestCase("日")]
    [TestCase("😀")]
    public void Vendor_data_has_up_to_255_characters_whatever_their_encoding(string character)
    {
        Read(VendorData(character, 255)).VendorData.ShouldBe(string.Concat(Enumerable.Repeat(character, 255)));
        Faults(VendorData(character, 256)).ShouldBe("StartVerification: vendorData: expected 1 to 255 characters, got 256");
    }

    [Test]
    public void An_escaped_surrogate_pair_is_one_character() =>
        Read(VendorData("\\ud83d\\ude00", 255)).VendorData.Length.ShouldBe(510);

    [TestCase("""{"vendorData":"a\ud800"}""", "vendorData: ")]
    [TestCase("""{"vendorData":"\ude00\ud83d"}""", "vendorData: ")]
    [TestCase("""{"vendorData":"x","language":"\ud800"}""", "language: ")]
    [TestCase("""{"vendorData":"x","contactDetails":{"email":"\udfff"}}""", "contactDetails.email: ")]
    [TestCase("""{"vendorData":"x","metadata":{"a":"\ud800"}}""", "metadata: ")]
    [TestCase("""{"vendorData":"x","metadata":{"a":[{"b":"\ud800"}]}}""", "metadata: ")]
    [TestCase("""{"vendorData":"x","metadata":{"\ud800":1}}""", "metadata: ")]
    [TestCase("""{"vendorData":"x","metadata":{"a":{"\ud800":1}}}""", "metadata: ")]
    [TestCase("""{"vendorData":"x","expectedDetails":{"first_name":"\udc00"}}""", "expectedDetails: ")]
    [TestCase("""{"vendorData":"x","expectedDetails":{"\udc00":1}}""", "expectedDetails: ")]
    public void Half_of_a_surrogate_pair_is_no_text(string json, string place) =>
        Faults(json).ShouldStartWith("StartVerification: " + place);

    [Test]
    public void Half_of_a_surrogate_pair_in_what_is_not_read_does_no_harm() =>
        ReadWith("\"traceId\":\"\\ud800\"").VendorData.ShouldBe("user-1");

    [Test]
    public void Metadata_has_up_to_16_KiB()
    {
        ReadWith(Metadata(16 * 1024, "x")).Payload.GetProperty("metadata").GetRawText().Length.ShouldBe(16 * 1024);
        FaultsWith(Metadata((16 * 1024) + 1, "x")).ShouldBe("StartVerification: metadata: is larger than 16 KiB as JSON");
    }

    [TestCase("ü")]
    [TestCase("日")]
    [TestCase("😀")]
    [TestCase("<")]
    public void Metadata_is_measured_in_utf_8(string character) => ReadWith(Metadata(16 * 1024, character)).VendorData.ShouldBe("user-1");

    [Test]
    public void White_space_in_metadata_does_not_count() =>
        ReadWith("\"metadata\":{" + new string(' ', 20_000) + "\"a\":1}").Payload.GetProperty("metadata").GetProperty("a").GetInt32()
            .ShouldBe(1);

    [Test]
    public void Other_members_before_metadata_do_not_count() =>
        ReadWith($"\"callback\":\"https://app.example/{new string('x', 1000)}\"," + Metadata((16 * 1024) - 100, "x"))
            .VendorData.ShouldBe("user-1");

    private static string VendorData(string character, int times) =>
        "{\"vendorData\":\"" + string.Concat(Enumerable.Repeat(character, times)) + "\"}";

    private static string Metadata(int bytes, string character)
    {
        var room = bytes - "{\"a\":\"\"}".Length;
        var width = Encoding.UTF8.GetByteCount(character);
        var text = string.Concat(Enumerable.Repeat(character, room / width)) + new string('x', room % width);
        return "\"metadata\":{\"a\":\"" + text + "\"}";
    }
}
