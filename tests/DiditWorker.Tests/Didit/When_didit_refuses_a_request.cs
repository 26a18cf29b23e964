using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Didit.Classifying;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_refuses_a_request
{
    [TestCase("""{"callback":["Enter a valid URL."]}""", "callback: Enter a valid URL.")]
    [TestCase("""{"callback":["One.","Two."],"language":["Three."]}""", "callback: One.; callback: Two.; language: Three.")]
    [TestCase("""{"expected_details":{"date_of_birth":["Wrong format."]}}""", "expected_details.date_of_birth: Wrong format.")]
    [TestCase("""{"documents":[{"type":["Unknown."]}]}""", "documents.type: Unknown.")]
    [TestCase("""["No such workflow."]""", "No such workflow.")]
    [TestCase("""{"detail":"Not found."}""", "Not found.")]
    [TestCase("""{"message":"Not found."}""", "Not found.")]
    [TestCase("""{"error":"Not found."}""", "Not found.")]
    [TestCase("\"Not found.\"", "Not found.")]
    [TestCase("""{"code":17,"fatal":true,"detail":null}""", "code: 17; fatal: True")]
    [TestCase("", "(no reason given)")]
    [TestCase("{}", "(no reason given)")]
    [TestCase("null", "(no reason given)")]
    [TestCase("<html><body>Bad Request</body></html>", "(no reason given)")]
    [TestCase("""{"detail":"Not fou""", "(no reason given)")]
    [TestCase(null, "(the reply was too large to read)")]
    public void Its_own_words_are_passed_on(string? body, string words) =>
        Classify(400, body).Why.ShouldBe("Didit refused the request with 400: " + words);

    [TestCase("jane@example.org")]
    [TestCase("JANE@example.ORG")]
    [TestCase("+491701234567")]
    [TestCase("Jane Doe")]
    [TestCase("1990-01-31")]
    [TestCase("user-1")]
    [TestCase("12345")]
    [TestCase("deep inside")]
    public void What_the_request_carried_is_masked(string quoted)
    {
        const string sent =
            """
            {"vendor_data":"user-1","contact_details":{"email":"jane@example.org","phone":"+491701234567"},
             "expected_details":{"first_name":"Jane","full_name":"Jane Doe","date_of_birth":"1990-01-31"},"metadata":{"n":12345,"a":[{"b":"deep inside"}]}}
            """;

        var why = Classify(400, $$"""{"detail":"'{{quoted}}' is wrong, {{quoted}}!"}""", sent: sent).Why;

        why.ShouldBe("Didit refused the request with 400: '***' is wrong, ***!");
    }

    [Test]
    public void What_the_request_carried_is_masked_in_names_too() =>
        Classify(400, """{"jane@example.org":["Unknown."]}""", sent: """{"contact_details":{"email":"jane@example.org"}}""").Why
            .ShouldNotContain("jane");

    [TestCase("Li", "'Li' is wrong", "'***' is wrong")]
    [TestCase("Bo", "Bo, born in Bonn", "***, born in Bonn")]
    public void A_short_name_is_masked_as_a_whole_word(string name, string detail, string words) =>
        Classify(400, $$"""{"detail":"{{detail}}"}""", sent: $$$"""{"expected_details":{"first_name":"{{{name}}}"}}""").Why
            .ShouldBe("Didit refused the request with 400: " + words);

    [Test]
    public void A_short_value_does_not_blacken_other_words() =>
        Classify(400, """{"detail":"The language is unknown."}""", sent: """{"language":"a","metadata":{"n":1}}""").Why
            .ShouldEndWith("The language is unknown.");

    [Test]
    public void Its_length_is_bounded()
    {
        var why = Classify(400, $$"""{"detail":"{{new string('x', 60_000)}}"}""").Why;

        why.Length.ShouldBeLessThan(600);
        why.ShouldEndWith("x…");
    }

    [Test]
    public void Nothing_is_left_of_a_masked_value_that_the_bound_cuts_in_two()
    {
        var why = Classify(400, $$"""{"detail":"{{new string('x', 495)}} jane@example.org"}""", sent: """{"email":"jane@example.org"}""").Why;

        why.ShouldNotContain("jan");
    }

    [Test]
    public void Control_characters_become_blanks() =>
        Classify(400, """{"detail":"a\r\nforged log line\u001b[31m\u0000\u0085z"}""").Why.ShouldEndWith(": a  forged log line [31m  z");
}
