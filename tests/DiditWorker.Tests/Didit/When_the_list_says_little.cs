using System.Text;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>What the rows of the list lack and the adopt rule needs is read from the decision of the session.</summary>
public sealed class When_the_list_says_little
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");
    private readonly List<string> _read = [];
    private string _decision = "{}";
    private string _created = "{}";

    [SetUp]
    public void Clear() => _decision = "{}";

    [TestCase("""{"workflow_version":2,"url":"https://v/1","metadata":{}}""", MatchKind.HandedBack)]
    [TestCase("""{"workflow_version":2,"metadata":{}}""", MatchKind.NotReady)]
    [TestCase("""{"workflow_version":1,"url":"https://v/1","metadata":{}}""", MatchKind.Several)]
    [TestCase("""{"url":"https://v/1","metadata":{}}""", MatchKind.Several)]
    [TestCase("""{"workflow_version":2,"url":"https://v/1","workflow_id":"another"}""", MatchKind.None)]
    public async Task The_decision_tells_version_and_url(string decision, MatchKind expected)
    {
        _decision = decision;

        (await LookUpAsync(
            $$"""{"session_id":"one","status":"Not Started","workflow_id":"{{Classifying.Workflow}}"}""",
            Row("old", "Approved", version: 2, key: "another"))).Kind.ShouldBe(expected);
        _read.ShouldBe(["one"]);
    }

    [TestCase("Not Started", null, true)]
    [TestCase("Not Started", 2, false)]
    [TestCase("Approved", null, false)]
    public async Task The_version_is_read_only_where_it_counts(string status, int? version, bool reads)
    {
        await LookUpAsync(Row("one", status, version, "another"));

        _read.ShouldBe(reads ? ["one"] : []);
    }

    [Test]
    public async Task Nothing_of_it_is_read_once_ours_is_found()
    {
        (await LookUpAsync(Row("one", "Not Started", version: null, key: null), Row("ours", "Approved", version: null, $"{Key}")))
            .Kind.ShouldBe(MatchKind.Adopt);

        _read.ShouldBeEmpty();
    }

    // It was published after every session that the list shows.
    [TestCase(1, MatchKind.HandedBack)]
    [TestCase(2, MatchKind.Several)]
    public async Task A_create_for_another_message_tells_of_a_newer_version(int version, MatchKind expected)
    {
        await using var didit = Didit(Row("one", "Not Started", version: 1, key: null));
        _created = $$"""{"session_id":"other","url":"https://v/o","workflow_id":"{{Classifying.Workflow}}","workflow_version":{{version}}}""";

        await didit.Client.CreateAsync(Request, CancellationToken.None);

        (await didit.LookUp.RunAsync(Request, notBefore: null, CancellationToken.None)).Kind.ShouldBe(expected);
    }

    [Test]
    public async Task So_does_a_row_that_an_earlier_look_up_was_shown()
    {
        var rows = new[] { Row("newer", "Approved", version: 2, key: "another"), Row("one", "Not Started", version: 1, key: null) };
        await using var didit = Didit(rows);
        await didit.LookUp.RunAsync(Request, notBefore: null, CancellationToken.None);
        rows[0] = "7";

        (await didit.LookUp.RunAsync(Request, notBefore: null, CancellationToken.None)).Kind.ShouldBe(MatchKind.Several);
    }

    [Test]
    public void What_is_kept_of_versions_has_a_bound()
    {
        var versions = new WorkflowVersions();
        versions.Learn("first", 2);
        for (var i = 0; i < 2000; i++)
        {
            versions.Learn($"{i}", 1);
        }

        versions.Learn("FIRST", 3);
        versions.Learn("first", 1);
        versions.Learn(workflowId: null, 9);
        versions.Learn("first", version: null);

        versions.Of("First").ShouldBe(3);
        Enumerable.Range(0, 2000).Count(i => versions.Of($"{i}") is not null).ShouldBe(999);
    }

    private static CreateRequest Request => new(Key, "user-1", Classifying.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}"""));

    private async Task<SessionMatch> LookUpAsync(params string[] rows)
    {
        _read.Clear();
        await using var didit = Didit(rows);
        return await didit.LookUp.RunAsync(Request, notBefore: null, CancellationToken.None);
    }

    private StubbedDidit Didit(params string[] rows) => new(request =>
    {
        if (request.Method == HttpMethod.Post)
        {
            return StubbedDidit.Reply(201, Encoding.UTF8.GetBytes(_created));
        }

        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/decision/", StringComparison.Ordinal))
        {
            _read.Add(path.Split('/')[^3]);
            return StubbedDidit.Reply(200, Encoding.UTF8.GetBytes(_decision));
        }

        return StubbedDidit.Reply(200, Encoding.UTF8.GetBytes($$"""{"next":null,"results":[{{string.Join(',', rows)}}]}"""));
    });

    private static string Row(string id, string status, int? version, string? key) =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["session_id"] = id, ["session_url"] = "https://v/" + id, ["status"] = status, ["workflow_id"] = Classifying.Workflow,
            ["workflow_version"] = version, ["metadata"] = key is null ? new Dictionary<string, string>()
                : new() { ["diditworker_key"] = key },
        });
}
