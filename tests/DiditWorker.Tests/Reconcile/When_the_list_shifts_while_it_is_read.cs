using System.Text;
using System.Web;
using DiditWorker.Didit;
using DiditWorker.Operations.Reconcile;
using DiditWorker.Protocol;
using DiditWorker.Tests.Didit;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Reconcile;

/// <summary>Pages are counted from the newest session, and sessions are made and deleted meanwhile.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class When_the_list_shifts_while_it_is_read
{
    private const int Sessions = 950;
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly Period Day = new(Noon.AddDays(-1), Noon);

    // By their numbers, the newest first.
    private readonly List<int> _listed = [.. Enumerable.Range(1, Sessions).Reverse()];
    private readonly List<string> _queries = [];
    private Action<int> _meanwhile = _ => { };

    [Test]
    public async Task Each_is_shown_once()
    {
        (await ReadAsync()).ShouldBe(Enumerable.Range(1, Sessions).Reverse());

        _queries[0].ShouldBe("?session_kind=user&date_from=2026-11-27&date_to=2026-11-29&limit=100&offset=0");
    }

    [Test]
    public async Task New_ones_move_the_others_down_and_none_is_shown_twice()
    {
        _meanwhile = page => _listed.InsertRange(0, Enumerable.Range(1, page > 0 ? 7 : 0).Select(i => Sessions + (page * 7) + i).Reverse());

        (await ReadAsync()).ShouldBe(Enumerable.Range(1, Sessions).Reverse());
        _queries.Count.ShouldBeGreaterThan(9);
    }

    [Test]
    public async Task More_new_ones_than_a_page_holds_are_passed_over()
    {
        _meanwhile = page => _listed.InsertRange(0, page == 3 ? Enumerable.Range(Sessions + 1, 250).Reverse() : []);

        (await ReadAsync()).ShouldBe(Enumerable.Range(1, Sessions).Reverse());
    }

    [TestCase(1)]
    [TestCase(30)]
    [TestCase(170)]
    public async Task Deleted_ones_move_the_others_up_and_none_is_missed(int deleted)
    {
        _meanwhile = page => _listed.RemoveRange(0, page == 3 ? deleted : 0);

        var shown = await ReadAsync();

        shown.ShouldBe(Enumerable.Range(1, Sessions).Reverse());
    }

    [Test]
    public async Task The_last_one_of_a_page_may_be_deleted()
    {
        _meanwhile = page => _listed.RemoveAll(number => page == 2 && number is >= 700 and <= 760);

        var shown = await ReadAsync();

        shown.ShouldBeUnique();
        shown.ShouldBeSubsetOf(Enumerable.Range(1, Sessions));
        Enumerable.Range(1, Sessions).Except(shown).ShouldBeSubsetOf(Enumerable.Range(700, 61));
    }

    [Test]
    public async Task Pages_that_cannot_be_joined_are_no_list()
    {
        await using var didit = new StubbedDidit(request => Page(request, isStrange: true));

        (await Should.ThrowAsync<ReadFailedException>(async () => await Listed(didit).ToListAsync()))
            .Message.ShouldBe("the list of sessions changes while it is read");
    }

    private async Task<IReadOnlyList<int>> ReadAsync()
    {
        await using var didit = new StubbedDidit(request => Page(request));
        return await Listed(didit).Select(session => (int)session.Number!.Value).ToListAsync();
    }

    private static IAsyncEnumerable<FoundSession> Listed(StubbedDidit didit) =>
        new ListedSessions(didit.Client, new() { ApiKey = "k" }, didit.Pipeline).ReadAsync("user", Day, CancellationToken.None);

    private HttpResponseMessage Page(HttpRequestMessage request, bool isStrange = false)
    {
        _queries.Add(request.RequestUri!.Query);
        _meanwhile(_queries.Count - 1);
        var query = HttpUtility.ParseQueryString(request.RequestUri.Query);
        var (offset, limit) = (int.Parse(query["offset"]!, null), int.Parse(query["limit"]!, null));
        var rows = _listed.Skip(offset).Take(limit).Select(number => isStrange
            ? $$"""{"session_id":"{{_queries.Count}}-{{number}}"}"""
            : $$"""{"session_id":"s-{{number}}","session_number":{{number}}}""");
        var next = offset + limit < _listed.Count ? "\"more\"" : "null";
        return StubbedDidit.Reply(
            200, Encoding.UTF8.GetBytes($$"""{"count":{{_listed.Count}},"next":{{next}},"results":[{{string.Join(',', rows)}}]}"""));
    }
}
