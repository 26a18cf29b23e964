using System.Text;
using System.Text.Json;
using CsCheck;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_session_is_found
{
    private const string Row =
        """
        {"session_id":"s-1","session_number":7,"session_url":"https://v/1","status":"Approved","workflow_id":"w","vendor_data":"user-1",
         "created_at":"2026-11-24T12:00:00.5+01:00","extra":1}
        """;

    [Test]
    public void A_row_of_the_list_has_no_metadata() => List(Row).ShouldBe(new FoundSession
    {
        Id = "s-1",
        Number = 7,
        Url = "https://v/1",
        Status = "Approved",
        WorkflowId = "w",
        CreatedAt = new DateTimeOffset(2026, 11, 24, 11, 0, 0, 500, TimeSpan.Zero),
        MetadataKnown = false,
        Key = null,
    });

    [TestCase("""{"session_id":"s-1","metadata":{"diditworker_key":"K","order":1}}""", "K")]
    [TestCase("""{"session_id":"s-1","metadata":"{\"order\":1,\"diditworker_key\":\"K\"}"}""", "K")]
    [TestCase("""{"session_id":"s-1","metadata":{"order":1}}""", null)]
    [TestCase("""{"session_id":"s-1","metadata":{"diditworker_key":7}}""", null)]
    [TestCase("""{"session_id":"s-1","metadata":"{\"order\":1}"}""", null)]
    [TestCase("""{"session_id":"s-1","metadata":"free text"}""", null)]
    [TestCase("""{"session_id":"s-1","metadata":""}""", null)]
    [TestCase("""{"session_id":"s-1","metadata":"\"diditworker_key\""}""", null)]
    [TestCase("""{"session_id":"s-1","metadata":["K"]}""", null)]
    public void The_key_is_read_from_metadata_in_either_form(string row, string? key)
    {
        var session = List(row);

        session.Key.ShouldBe(key);
        session.MetadataKnown.ShouldBeTrue();
    }

    [TestCase("""{"uuid":"s-2","url":"https://v/2"}""", "s-2", "https://v/2")]
    [TestCase("""{"session_id":"s-1","session_url":"https://v/1","url":"https://v/2"}""", "s-1", "https://v/1")]
    [TestCase("""{"session_id":"s-1"}""", "s-1", null)]
    public void Either_name_of_id_and_url_will_do(string row, string id, string? url)
    {
        var session = List(row);

        session.Id.ShouldBe(id);
        session.Url.ShouldBe(url);
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("7")]
    [TestCase("""{"session_id":7}""")]
    [TestCase("""{"session_id":""}""")]
    [TestCase("""{"session_id":"\ud800"}""")]
    public void A_row_without_an_id_is_a_session_that_cannot_be_asked_for(string row)
    {
        List(row).HasId.ShouldBeFalse();
        List(row).ToString().ShouldBe("one without an id (unknown status)");
    }

    [Test]
    public void A_decision_without_metadata_does_not_take_the_key_of_the_list_away() =>
        List("""{"session_id":"s-1","metadata":{"diditworker_key":"K"}}""").With(JsonElement.Parse("{}")).Key.ShouldBe("K");

    [TestCase("2026-11-24T12:00:00Z")]
    [TestCase("2026-11-24T12:00:00")]
    [TestCase("2026-11-24T12:00:00.000000+00:00")]
    [TestCase("2026-11-24 12:00:00")]
    public void A_time_without_a_zone_is_utc(string time) =>
        List($$"""{"session_id":"s-1","created_at":"{{time}}"}""")
            .CreatedAt.ShouldBe(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [TestCase("\"yesterday\"")]
    [TestCase("1795521600")]
    [TestCase("null")]
    public void A_time_that_cannot_be_read_is_unknown(string time) =>
        List($$"""{"session_id":"s-1","created_at":{{time}}}""").CreatedAt.ShouldBeNull();

    [Test]
    public void The_decision_fills_it_up()
    {
        var decision = JsonElement.Parse(
            """{"session_id":"s-1","session_number":8,"url":"https://v/9","status":"Declined","workflow_id":"w9","workflow_version":4,"created_at":"2026-01-01","metadata":{"diditworker_key":"K"}}""");

        List("""{"session_id":"s-1"}""").With(decision).ShouldBe(new FoundSession
        {
            Id = "s-1",
            Number = 8,
            Url = "https://v/9",
            Status = "Declined",
            WorkflowId = "w9",
            CreatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            MetadataKnown = true,
            Key = "K",
            Version = 4,
        });
        List(Row).With(decision).ShouldBe(
            List(Row) with { Url = "https://v/9", Status = "Declined", WorkflowId = "w9", MetadataKnown = true, Key = "K", Version = 4 });
    }

    [TestCase("3", 3L)]
    [TestCase("\"3\"", null)]
    [TestCase("1.5", null)]
    [TestCase("null", null)]
    public void The_version_of_its_workflow_is_a_whole_number_or_unknown(string version, long? expected) =>
        List($$"""{"session_id":"s-1","workflow_version":{{version}}}""").Version.ShouldBe(expected);

    [Test]
    public void A_decision_that_says_nothing_takes_nothing_away() =>
        List("""{"session_id":"s-1","workflow_version":2,"url":"https://v/1"}""").With(JsonElement.Parse("{}")).ShouldSatisfyAllConditions(
            session => session.Version.ShouldBe(2), session =>
            session.Url.ShouldBe("https://v/1"), session => session.MetadataKnown.ShouldBeTrue());

    [Test]
    public void As_text_it_has_no_url()
    {
        List(Row).ToString().ShouldBe("s-1 (Approved)");
        List("""{"session_id":"s-1"}""").ToString().ShouldBe("s-1 (unknown status)");
    }

    [Test]
    public void Nothing_that_didit_sends_can_make_it_throw() => Gen.Select(Replies.Json, Replies.Bytes).Sample(
        (row, decision) => List("{\"session_id\":\"s-1\",\"metadata\":" + row + "}").With(JsonElement.Parse(decision)).Id == "s-1"
                           && SessionReader.FromList(JsonElement.Parse(decision)) is { Id: not null },
        iter: 2000, print: sample => sample.Item1 + " " + Encoding.Latin1.GetString(sample.Item2));

    private static FoundSession List(string row) => SessionReader.FromList(JsonElement.Parse(row));
}
