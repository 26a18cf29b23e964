using System.Diagnostics;
using System.Text;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Verification.Reading;

namespace DiditWorker.Tests.Verification;

/// <summary>A misspelt workflowId must never mean the default workflow.</summary>
[NonParallelizable] // Two times are compared.
public sealed class When_a_name_is_spelt_otherwise
{
    private const string Everything =
        """
        {"vendorData":"user-1","workflowId":"11111111-2222-3333-4444-555555555555","callback":"https://a.example/x","callbackMethod":"both","language":"en",
         "metadata":{"Order":1},"contactDetails":{"email":"jane@example.org","phone":"+49170","emailLang":"de","sendNotificationEmails":true},
         "expectedDetails":{"First_Name":"Jane"},"requestedAt":"2026-11-24T12:00:00Z"}
        """;

    private static readonly string[] Names =
    [
        "vendorData", "workflowId", "callback", "callbackMethod", "language", "metadata", "contactDetails", "expectedDetails",
        "requestedAt", "email", "phone", "emailLang", "sendNotificationEmails",
    ];

    [Test]
    public void Case_does_not_matter()
    {
        var random = new Random(17);
        var same = Read(Everything);
        for (var i = 0; i < 200; i++)
        {
            var json = Names.Aggregate(
                Everything, (text, name) => text.Replace($"\"{name}\"", $"\"{InAnyCase(name, random)}\"", StringComparison.Ordinal));

            var read = Read(json);
            read.Payload.GetRawText().ShouldBe(same.Payload.GetRawText());
            read.WorkflowId.ShouldBe(same.WorkflowId);
            read.RequestedAt.ShouldBe(same.RequestedAt);
        }
    }

    [Test]
    public void The_callers_own_names_keep_their_case() =>
        Fingerprint.Of(Read(Everything.Replace("\"Order\"", "\"order\"", StringComparison.Ordinal)).Payload)
            .ShouldNotBe(Fingerprint.Of(Read(Everything).Payload));

    [TestCase("""{"vendorData":"a","VendorData":"b"}""", "vendorData")]
    [TestCase("""{"vendorData":"a","VENDORDATA":null,"vendordata":"c"}""", "vendorData")]
    [TestCase("""{"vendorData":"a","language":"en","Language":"de"}""", "language")]
    [TestCase("""{"vendorData":"a","contactDetails":{"email":"a@example.org","eMail":"b@example.org"}}""", "contactDetails.email")]
    [TestCase("""{"vendorData":"a","requestedAt":"2026-11-24T12:00:00Z","requestedat":"2026-11-24T12:00:00Z"}""", "requestedAt")]
    public void The_same_name_in_two_cases_is_refused_since_two_readers_could_take_different_ones(string json, string name) =>
        Faults(json).ShouldBe($"StartVerification: {name}: is named twice, in different case");

    [TestCase("vendor_data", "vendorData")]
    [TestCase("Vendor-Data", "vendorData")]
    [TestCase(" vendor data", "vendorData")]
    [TestCase("workflow_id", "workflowId")]
    [TestCase("WORKFLOW_ID", "workflowId")]
    [TestCase("call_back", "callback")]
    [TestCase("callback_method", "callbackMethod")]
    [TestCase("contact_details", "contactDetails")]
    [TestCase("expected_details", "expectedDetails")]
    [TestCase("requested_at", "requestedAt")]
    [TestCase("meta-data", "metadata")]
    public void The_same_letters_are_refused_and_the_case_is_named(string found, string meant) =>
        FaultsWith($"\"{found}\":{{}}").ShouldBe($"StartVerification: found {found}: names are in camelCase; did you mean {meant}?");

    [Test]
    public void A_required_one_is_not_called_missing_where_it_is_misspelt() =>
        Faults("""{"vendor_data":"w3"}""").ShouldBe(
            "StartVerification: found vendor_data: names are in camelCase; did you mean vendorData?");

    [TestCase("workfowId", "workflowId")]
    [TestCase("workflow", "workflowId")]
    [TestCase("wrokflwoId", "workflowId")]
    [TestCase("workflowIds", "workflowId")]
    [TestCase("workflowUid", "workflowId")]
    [TestCase("venderDate", "vendorData")]
    [TestCase("calback", "callback")]
    [TestCase("callbacks", "callback")]
    [TestCase("calback_methode", "callbackMethod")]
    [TestCase("langauge", "language")]
    [TestCase("metdata", "metadata")]
    [TestCase("contactDetail", "contactDetails")]
    [TestCase("requestAt", "requestedAt")]
    public void Up_to_two_letters_are_a_slip(string found, string meant) =>
        FaultsWith($"\"{found}\":{{}}").ShouldBe($"StartVerification: found {found}: did you mean {meant}?");

    [TestCase("email_lang", "emailLang", true)]
    [TestCase("send_notification_emails", "sendNotificationEmails", true)]
    [TestCase("e-mail", "email", true)]
    [TestCase("emial", "email", false)]
    [TestCase("phones", "phone", false)]
    [TestCase("emailLanguage", null, false)]
    [TestCase("sendNotificationEmail", "sendNotificationEmails", false)]
    public void So_it_is_among_contact_details(string found, string? meant, bool sameLetters)
    {
        var members = $"\"contactDetails\":{{\"{found}\":\"x\"}}";
        if (meant is null)
        {
            ReadWith(members).Payload.GetProperty("contact_details").EnumerateObject().ShouldBeEmpty();
            return;
        }

        FaultsWith(members).ShouldBe(
            $"StartVerification: found contactDetails.{found}: {(sameLetters ? "names are in camelCase; " : "")}"
            + $"did you mean contactDetails.{meant}?");
    }

    [Test]
    public void Any_two_letters_in_a_long_name_are_a_slip()
    {
        var random = new Random(18);
        foreach (var name in Names[..9])
        {
            for (var i = 0; i < 300; i++)
            {
                var found = i % 4 == 0 ? Swapped(name, random) : Slip(Slip(name, random), random);
                if (!Names.Contains(found, StringComparer.OrdinalIgnoreCase))
                {
                    FaultsWith($"\"{found}\":1").ShouldContain("did you mean ", customMessage: found);
                }
            }
        }
    }

    [TestCase("traceId")]
    [TestCase("id")]
    [TestCase("type")]
    [TestCase("version")]
    [TestCase("tenant")]
    [TestCase("vendor")]
    [TestCase("data")]
    [TestCase("details")]
    [TestCase("source")]
    [TestCase("locale")]
    [TestCase("createdAt")]
    [TestCase("requestId")]
    [TestCase("email")]
    [TestCase("language_of_the_person")]
    public void Others_are_passed_over(string name) =>
        Fingerprint.Of(ReadWith($"\"{name}\":\"x\"").Payload).ShouldBe(Fingerprint.Of(Read("""{"vendorData":"user-1"}""").Payload));

    [TestCase("fax")]
    [TestCase("detail")]
    [TestCase("none")]
    [TestCase("name")]
    [TestCase("mobile")]
    public void Short_names_have_harmless_neighbours(string name) =>
        ReadWith($"\"contactDetails\":{{\"phone\":\"+49170\",\"{name}\":\"x\"}}")
            .Payload.GetProperty("contact_details").EnumerateObject().Count().ShouldBe(1);

    // So that an operator can take one out of a dead letter.
    [Test]
    public void Null_counts_as_absent_under_a_misspelt_name_too() => ReadWith("\"vendor_data\":null").VendorData.ShouldBe("user-1");

    [Test]
    public void No_more_than_five_are_named() =>
        FaultsWith(
            "\"vendor_data\":1,\"vendor-data\":1,\"workflow_id\":1,\"call_back\":1,\"lang_uage\":1,\"meta_data\":1,\"contact_details\":1")
            .Split("did you mean").Length.ShouldBe(6);

    [TestCase("vendorData\u200b")]
    [TestCase("\ufeffvendorData")]
    [TestCase("vendorD\u0430ta")]
    [TestCase("vendorData\\n")]
    [TestCase("vend\\\"orData")]
    [TestCase("vendorData____________________________________")]
    public void What_is_no_plain_short_word_is_not_quoted(string name) =>
        FaultsWith($"\"{name}\":1").ShouldMatch(
            "^StartVerification: found a misspelt member: (names are in camelCase; )?did you mean vendorData\\?$");

    [Test]
    public void No_value_of_it_is_quoted() =>
        FaultsWith("\"vendor_data\":\"sEcret\",\"contactDetails\":{\"email_lang\":\"sEcret\",\"Email\":\"sEcret\",\"eMAIL\":\"sEcret\"}")
            .ShouldNotContain("sEcret");

    // As many as fit into a body: each just long enough to be compared with most names, beside as many bytes that need no comparing. Side
    // by
    // side, and the best of three, since a machine may be busy. 30 to 150 times as long where it was measured.
    [Test]
    public void A_great_many_members_take_little_time()
    {
        var compared = Body("zqzq", "D6");
        var passedOver = Body("", "D80");
        ReadWith(passedOver).VendorData.ShouldBe("user-1");

        (Best(compared) / Best(passedOver)).ShouldBeLessThan(2_000);
    }

    private static double Best(string members) => Enumerable.Range(0, 3).Min(_ =>
    {
        var watch = Stopwatch.StartNew();
        ReadWith(members).VendorData.ShouldBe("user-1");
        return watch.Elapsed.TotalMilliseconds;
    });

    private static string Body(string prefix, string format)
    {
        var members = new StringBuilder("\"vendorDat\":null");
        for (var i = 0; members.Length < 256 * 1024; i++)
        {
            members.Append(",\"").Append(prefix).Append(i.ToString(format, System.Globalization.CultureInfo.InvariantCulture))
                .Append("\":1");
        }

        return members.ToString();
    }

    private static string InAnyCase(string name, Random random) =>
        string.Concat(name.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

    private static string Slip(string name, Random random)
    {
        var at = random.Next(name.Length - 1);
        return random.Next(3) switch
        {
            0 => name.Remove(at, 1),
            1 => name.Insert(at, ((char)('a' + random.Next(26))).ToString()),
            _ => name[..at] + (char)('a' + random.Next(26)) + name[(at + 1)..],
        };
    }

    private static string Swapped(string name, Random random)
    {
        var at = random.Next(name.Length - 1);
        return name[..at] + name[at + 1] + name[at] + name[(at + 2)..];
    }
}
