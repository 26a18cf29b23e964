using System.Text.Json;
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
    [TestCase("""["No such language."]""", "No such language.")]
    [TestCase("""{"detail":"Not found."}""", "Not found.")]
    [TestCase("""{"message":"Not found."}""", "Not found.")]
    [TestCase("""{"error":"Not found."}""", "Not found.")]
    [TestCase("""{"code":17,"fatal":true,"detail":null}""", "code: 17; fatal: True")]
    [TestCase("{}", "(no reason given)")]
    [TestCase("""{"detail":null}""", "(no reason given)")]
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
        var why = Classify(400, $$"""{"detail":"{{new string('x', 495)}} jane@example.org"}""", sent: """{"email":"jane@example.org"}""")
            .Why;

        why.ShouldNotContain("jan");
    }

    [Test]
    public void Control_characters_become_blanks() =>
        Classify(400, """{"detail":"a\r\nforged log line\u001b[31m\u0000\u0085z"}""").Why.ShouldEndWith(": a  forged log line [31m  z");

    // As Didit may have stored or checked it.
    [TestCase("+49 170 1234567", "+491701234567")]
    [TestCase("+49 170 1234567", "00491701234567")]
    [TestCase("+49 170 1234567", "0170 1234567")]
    [TestCase("+49 170 1234567", "(0170) 12 34 567")]
    [TestCase("+491701234567", "+49 (170) 123-45-67")]
    [TestCase("+491701234567", "%2B49%201701234567")]
    [TestCase("\uff0b\uff14\uff19\uff11\uff17\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "+491701234567")]
    [TestCase("Müller", "MULLER")]
    [TestCase("Müller", "MUELLER")]
    [TestCase("Müller", "mueller")]
    [TestCase("Müller", "Mu\u0308ller")]
    [TestCase("Müller", "M&uuml;ller")]
    [TestCase("Müller", "M\\u00fcller")]
    [TestCase("Müller", "M%C3%BCller")]
    [TestCase("Mueller", "Müller")]
    [TestCase("Mu\u0308ller", "Müller")]
    [TestCase("Weiß", "WEISS")]
    [TestCase("Ångström", "AANGSTROEM")]
    [TestCase("Ørsted", "Oersted")]
    [TestCase("Łukasz", "LUKASZ")]
    [TestCase("Nguyễn", "Nguyen")]
    [TestCase("Șerban", "Serban")]
    [TestCase("O'Brien", "OBRIEN")]
    [TestCase("O\u2019Brien", "O'BRIEN")]
    [TestCase("Anna  Maria", "Anna Maria")]
    [TestCase("Anna Maria", "ANNA<MARIA")]
    [TestCase("Anna-Maria Schmidt", "SCHMIDT")]
    [TestCase("Anna Maria Schmidt", "SCHMIDT, ANNA MARIA")]
    [TestCase("Zoë", "ZOE")]
    [TestCase("Иванов", "ИВАНОВ")]
    [TestCase("1990-01-31", "31.01.1990")]
    [TestCase("1990-01-31", "01/31/1990")]
    [TestCase("1990-01-31", "19900131")]
    [TestCase("1990-01-31", "900131")]
    [TestCase("1990-01-31", "31 January 1990")]
    [TestCase("1990-01-31", "Jan 31, 1990")]
    [TestCase("1990-05-07", "7.5.1990")]
    [TestCase("31.01.1990", "1990-01-31")]
    [TestCase("1990-01-31T00:00:00Z", "31/01/1990")]
    [TestCase("L01X00T47", "l01x 00t-47")]
    [TestCase("jane.doe@example.org", "JANE.DOE @ EXAMPLE.ORG")]
    [TestCase("jane.doe@example.org", "jane.doe")]
    [TestCase("100%25 sure", "100%25 sure")]
    [TestCase("R&amp;D one", "R&amp;D one")]
    public void It_is_masked_in_another_notation_too(string sent, string quoted)
    {
        var why = Classify(
            400,
            $$$"""{"detail":"The value '{{{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}}}' is wrong."}""",
            sent: $$$"""{"expected_details":{"x":"{{{sent}}}"}}""").Why;

        foreach (var rest in why["Didit refused the request with 400: The value '".Length..].Split(' ', '\''))
        {
            (rest is "" or "***" or "***." or "(***" or "(***)" or "is" or "wrong." || rest.All(c => !char.IsLetterOrDigit(c)))
                .ShouldBeTrue(why);
        }
    }

    [TestCase("Ali", "The value is not valid.")]
    [TestCase("Ana", "This is an application.")]
    [TestCase("Ed", "Expected a red one, edited.")]
    [TestCase("4711", "Code 47 11b is wrong.")]
    [TestCase("https://app.example/email/callback", "callback: Enter a valid URL for email.")]
    public void What_merely_resembles_a_short_value_or_is_a_name_of_didits_can_be_read(string sent, string words)
    {
        var why = Classify(400, $$"""{"detail":"{{words}}"}""", sent: $$"""{"x":"{{sent}}"}""").Why;

        why.ShouldEndWith(words.Replace("valid.", sent == "Ali" ? "***." : "valid.", StringComparison.Ordinal));
    }

    // One message could keep the worker busy for minutes: 13 characters a value, 20,000 of them, in 64 KiB of reply. Work is counted, not
    // timed.
    [Test]
    public void What_would_take_too_much_to_mask_is_withheld()
    {
        var sent =
            $$"""{"metadata":[{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"v{i * 7919 % 20_000:D5}-{i:D5}\""))}}]}""";
        var reply = $$"""{"detail":"{{string.Concat(Enumerable.Range(0, 4_000).Select(i => $"ababab {i:D8} "))}}"}""";

        Classify(400, reply, sent: sent).Why.ShouldContain("words are withheld");
    }

    [Test]
    public void A_usual_request_with_much_metadata_is_masked_and_not_withheld()
    {
        var sent =
            $$"""{"metadata":[{{string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"item-{i:D5}\""))}}],"first_name":"Jane"}""";

        Classify(400, """{"expected_details":{"first_name":["'Jane' is not supported."]}}""", sent: sent).Why
            .ShouldEndWith("expected_details.first_name: '***' is not supported.");
    }

    // A name that stands before each of its values would make 250 MB of 30 KB.
    [Test]
    public void A_small_reply_does_not_become_a_huge_text()
    {
        var name = new string('x', 15_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var (items, members) = (string.Join(',', Enumerable.Repeat("1", 8_000)), string.Join(',', Enumerable.Repeat("\"a\":null", 2_000)));
        Classify(400, $"{{\"{name}\":[{items}],\"b\":{{\"{name}\":{{{members}}}}}}}")
            .Why.ShouldContain("xxx");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
    }

    [Test]
    public void Half_a_surrogate_pair_is_left_nowhere() =>
        JsonSerializer.Serialize(Classify(400, $$"""{"detail":"{{new string('x', 499)}}😀 \\ud83d"}""").Why).ShouldNotContain("\\ud83d");
}
