using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

public sealed class When_a_callback_is_given
{
    [TestCase("https://app.example")]
    [TestCase("https://app.example/done?x=1#y")]
    [TestCase("HTTPS://app.example/done")]
    [TestCase("https://bücher.example/")]
    [TestCase("myapp://done")]
    [TestCase("com.example.app:/done")]
    public void It_may_lead_to_https_or_to_an_app(string callback) =>
        ReadWith($"\"callback\":\"{callback}\"").Payload.GetProperty("callback").GetString().ShouldBe(callback);

    [TestCase("http://app.example")]
    [TestCase("HTTP://app.example")]
    [TestCase("ftp://app.example/x")]
    [TestCase("ws://app.example")]
    [TestCase("file:///etc/passwd")]
    [TestCase("/etc/passwd")]
    [TestCase("/done")]
    [TestCase("done")]
    [TestCase("//app.example/done")]
    [TestCase("?x=1")]
    [TestCase("https:///done")]
    [TestCase("https://")]
    [TestCase(" https://app.example")]
    [TestCase("javascript:alert(1)")]
    [TestCase("JavaScript:alert(1)")]
    [TestCase("java\tscript:alert(1)")]
    [TestCase("data:text/html,x")]
    [TestCase("vbscript:x")]
    [TestCase("blob:https://app.example/1")]
    [TestCase("about:blank")]
    [TestCase("mailto:a@b.example")]
    [TestCase("C:\\done")]
    public void Anything_else_is_refused(string callback)
    {
        CallbackRule.Allows(callback).ShouldBeFalse();
        FaultsWith($"\"callback\":\"{System.Text.Json.JsonEncodedText.Encode(callback)}\"")
            .ShouldBe("StartVerification: callback: " + CallbackRule.Expected);
    }

    [TestCase("")]
    [TestCase("  ")]
    public void Blank_is_refused(string callback) => FaultsWith($"\"callback\":\"{callback}\"").ShouldContain("callback: ");

    [Test]
    public void Its_length_is_bounded()
    {
        var longest = "https://app.example/".PadRight(2048, 'x');

        CallbackRule.Allows(longest).ShouldBeTrue();
        CallbackRule.Allows(longest + "x").ShouldBeFalse();
    }
}
