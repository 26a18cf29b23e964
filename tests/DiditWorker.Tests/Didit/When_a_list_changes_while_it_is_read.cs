using System.Globalization;
using System.Text;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>Pages are cut by number: what comes or goes between two of them moves every row that follows.</summary>
public sealed class When_a_list_changes_while_it_is_read
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    private readonly List<string> _rows = [];
    private string _kind = "user";
    private Action<int> _afterPage = _ => { };
    private int _pages;

    [SetUp]
    public void Fill()
    {
        _rows.Clear();
        _rows.AddRange(Enumerable.Range(0, 250).Select(i => Row($"s-{i}")));
        (_afterPage, _pages, _kind) = (_ => { }, 0, "user");
    }

    [Test]
    public async Task A_session_that_arrives_shows_none_twice()
    {
        _rows[99] = Row("ours", $"{Key}");
        _afterPage = page => _rows.Insert(0, Row($"new-{page}", "another"));

        var found = await LookUpAsync();

        (found.Match?.Kind, found.Session?.Id).ShouldBe((MatchKind.Adopt, "ours"));
        _pages.ShouldBe(3);
    }

    [Test]
    public async Task Sessions_that_go_hide_none([Values(1, 2, 99)] int gone, [Values("user", "business")] string kind)
    {
        _kind = kind;
        _rows[100] = Row("ours", $"{Key}");
        _afterPage = page => _rows.RemoveRange(0, page == 1 ? gone : 0);

        var found = await LookUpAsync();

        (found.Match?.Kind, found.Session?.Id).ShouldBe((MatchKind.Adopt, "ours"));
    }

    [Test]
    public async Task One_that_changes_all_the_time_is_tried_again_later()
    {
        _afterPage = _ => _rows.RemoveRange(0, 2);

        var found = await LookUpAsync();

        found.Reply!.Kind.ShouldBe(ReplyKind.Ambiguous);
        found.Reply.Why.ShouldContain("changes while it is read");
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("7")]
    [TestCase("""{"session_id":7,"status":"Approved"}""")]
    [TestCase("""{"session_id":null,"metadata":"cut"}""")]
    public async Task A_row_that_cannot_be_read_keeps_a_create_from_following(string row)
    {
        _rows.Clear();
        _rows.Add(row);

        var found = await LookUpAsync();

        found.Match!.Kind.ShouldBe(MatchKind.Several);
        found.Match.Names().ShouldContain("one without an id");
    }

    [Test]
    public async Task A_session_that_is_listed_and_cannot_be_asked_for_keeps_a_create_from_following()
    {
        _rows.Clear();
        _rows.Add("""{"session_id":"s-1","status":"Approved"}""");

        (await LookUpAsync()).Kind.ShouldBe(EventKind.Replied);
    }

    private async Task<DeliveryEvent> LookUpAsync()
    {
        await using var didit = new StubbedDidit(Answer);
        return await didit.LookUpAsync(Key);
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        request.Method.ShouldBe(HttpMethod.Get, "nothing is created");
        if (request.RequestUri!.AbsolutePath.EndsWith("/decision/", StringComparison.Ordinal))
        {
            return StubbedDidit.Reply(404, []);
        }

        var query = request.RequestUri.Query.TrimStart('?').Split('&').Select(p => p.Split('='))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        if (query["session_kind"] != _kind)
        {
            return StubbedDidit.Reply(200, """{"next":null,"results":[]}"""u8.ToArray());
        }

        var (offset, limit) = (
            int.Parse(query["offset"], CultureInfo.InvariantCulture), int.Parse(query["limit"], CultureInfo.InvariantCulture));
        var next = offset + limit < _rows.Count ? "\"more\"" : "null";
        var body = $"{{\"next\":{next},\"results\":[{string.Join(',', _rows.Skip(offset).Take(limit))}]}}";
        _afterPage(++_pages);
        return StubbedDidit.Reply(200, Encoding.UTF8.GetBytes(body));
    }

    private static string Row(string id, string key = "another") => $$$"""
        {"session_id":"{{{id}}}","session_url":"https://v/{{{id}}}","status":"Approved","metadata":{"diditworker_key":"{{{key}}}"}}
        """;
}
