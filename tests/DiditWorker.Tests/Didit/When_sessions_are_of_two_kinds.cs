using System.Text;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// Didit lists sessions of persons and of businesses each by itself, and may refuse the second list to an account without KYB.
/// </summary>
public sealed class When_sessions_are_of_two_kinds
{
    private const string Users = "user";
    private const string Businesses = "business";
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    private readonly List<string> _asked = [];
    private readonly SteppedTime _time = new();
    private Func<string, (int Status, string Rows)> _list = _ => (200, "");

    [SetUp]
    public void Clear()
    {
        _asked.Clear();
        _list = _ => (200, "");
    }

    [TestCase(Users)]
    [TestCase(Businesses)]
    public async Task Ours_is_found_whichever_it_is_of(string kind)
    {
        _list = asked => (200, asked == kind ? Row("ours", $"{Key}") : Row("other", "another"));
        await using var didit = Didit();

        var match = await didit.LookUp.RunAsync(
            new(Key, "user-1", Classifying.Workflow, JsonElement.Parse("{}")), notBefore: null, CancellationToken.None);

        (match.Kind, match.Candidates[0].Id).ShouldBe((MatchKind.Adopt, "ours"));
        _asked.ShouldBe([Users, Businesses]);
    }

    [Test]
    public async Task One_that_both_lists_show_is_one()
    {
        _list = asked => (200, asked == Users ? Row("ours", $"{Key}") + "," + Row("a", "x") : Row("OURS", $"{Key}") + ",7,7");
        await using var didit = Didit();

        (await ListAsync(didit)).Select(session => session.Id).ShouldBe(["ours", "a", ""]);
    }

    [TestCase(SessionKinds.User, Users)]
    [TestCase(SessionKinds.Business, Businesses)]
    public async Task Only_the_kind_that_is_set_is_asked_for(SessionKinds set, string asked)
    {
        await using var didit = Didit(set);

        (await ListAsync(didit)).ShouldBeEmpty();

        _asked.ShouldBe([asked]);
    }

    [Test]
    public async Task An_account_without_kyb_has_no_business_sessions([Values(400, 401, 402, 403, 404, 405, 410, 422)] int status)
    {
        _list = asked => asked == Users ? (200, Row("a", "another")) : (status, "");
        await using var didit = Didit();

        (await ListAsync(didit)).Select(session => session.Id).ShouldBe(["a"]);
        _asked.ShouldBe([Users, Businesses, Users, Businesses], "what refuses one list may be about to refuse both");
        didit.Business.Note.ShouldBe($"Didit refuses the list of business sessions ({status}), so look-ups take it that there are none");
        didit.Pipeline.Reads.Gate.Current.ShouldBeNull();
    }

    // As after a start with a queue full of old messages.
    [Test]
    public async Task One_look_up_finds_out_for_all_that_come_at_the_same_time()
    {
        const int lookUps = 20;
        _list = asked => asked == Users ? (200, "") : (403, "");
        await using var didit = Didit();
        var (reads, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        await Task.WhenAll(Enumerable.Range(0, lookUps).Select(_ => didit.List.ReadAsync("user-1", ReadAsync, CancellationToken.None)));

        lock (_asked)
        {
            _asked.Count(kind => kind == Businesses).ShouldBe(2);
        }

        // None goes on to the second list before all have read the first.
        async Task<JsonElement?> ReadAsync(Func<CancellationToken, Task<JsonElement?>> read, CancellationToken cancellation)
        {
            var reply = await read(cancellation);
            if (Interlocked.Increment(ref reads) == lookUps)
            {
                all.SetResult();
            }

            await all.Task;
            return reply;
        }
    }

    [Test]
    public async Task It_is_asked_again_only_every_so_often()
    {
        _list = asked => asked == Users ? (200, "") : (403, "");
        await using var didit = Didit();
        await ListAsync(didit);
        _asked.Clear();

        _time.Advance(BusinessList.Remembered - TimeSpan.FromTicks(1));
        await ListAsync(didit);
        _asked.ShouldBe([Users]);

        _time.Advance(TimeSpan.FromTicks(1));
        _list = asked => (200, asked == Users ? "" : Row("b", "another"));
        (await ListAsync(didit)).Select(session => session.Id).ShouldBe(["b"]);
        didit.Business.Note.ShouldBeNull();
    }

    [Test]
    public async Task A_refusal_of_both_is_one_of_the_account([Values(401, 402, 403)] int status, [Values(0, 1)] int shownBefore)
    {
        var left = shownBefore;
        _list = asked => asked == Users && left-- > 0 ? (200, "") : (status, "");
        await using var didit = Didit();

        (await Should.ThrowAsync<ReadFailedException>(() => ListOnceAsync(didit))).Status.ShouldBe(status);
        didit.Business.Note.ShouldBeNull();
    }

    [TestCase(400)]
    [TestCase(404)]
    public async Task A_list_that_is_not_there_is_no_empty_list(int status)
    {
        _list = _ => (status, "");
        await using var didit = Didit();

        (await Should.ThrowAsync<ReadFailedException>(() => ListOnceAsync(didit))).Status.ShouldBe(status);
        didit.Business.Note.ShouldBeNull();
    }

    [Test]
    public async Task What_says_nothing_of_kyb_is_no_answer([Values(301, 408, 409, 425, 429, 500, 502, 503)] int status)
    {
        _list = asked => asked == Users ? (200, "") : (status, "");
        await using var didit = Didit();

        await Should.ThrowAsync<Exception>(() => ListOnceAsync(didit));
        didit.Business.Note.ShouldBeNull();
    }

    [TestCase(400, typeof(ReadFailedException))]
    [TestCase(403, typeof(ReadFailedException))]
    [TestCase(404, typeof(ReadFailedException))]
    public async Task It_is_a_refusal_like_any_other_where_business_is_set(int status, Type fault)
    {
        _list = _ => (status, "");
        await using var didit = Didit(SessionKinds.Business);

        (await Should.ThrowAsync<Exception>(() => ListOnceAsync(didit))).ShouldBeOfType(fault);
    }

    // A gateway that errs for a moment must not hide sessions that are there: a create would follow.
    [Test]
    public async Task A_list_that_was_shown_before_is_taken_for_empty_only_if_the_refusal_lasts()
    {
        await using var didit = Didit();
        await ListOnceAsync(didit);
        _list = asked => asked == Users ? (200, "") : (404, "");

        (await Should.ThrowAsync<ReadFailedException>(() => ListOnceAsync(didit))).Message.ShouldContain("it was shown before");
        _time.Advance(BusinessList.Remembered);
        (await ListOnceAsync(didit)).ShouldBeEmpty();
        didit.Business.Note.ShouldNotBeNull();
    }

    [Test]
    public async Task A_refusal_that_passes_does_not_count_towards_a_later_one()
    {
        await using var didit = Didit();
        await ListOnceAsync(didit);
        foreach (var status in new[] { 404, 200, 404 })
        {
            _list = asked => asked == Users || status == 200 ? (200, "") : (status, "");
            var listed = ListOnceAsync(didit);
            await (status == 200 ? listed : (Task)Should.ThrowAsync<ReadFailedException>(listed));
            _time.Advance(BusinessList.Remembered);
        }
    }

    private static Task<IReadOnlyList<FoundSession>> ListAsync(StubbedDidit didit) =>
        didit.List.ReadAsync("user-1", didit.Pipeline.ReadAsync, CancellationToken.None);

    // Without repeats, for which the clock would have to move.
    private static Task<IReadOnlyList<FoundSession>> ListOnceAsync(StubbedDidit didit) =>
        didit.List.ReadAsync("user-1", (read, token) => read(token), CancellationToken.None);

    private StubbedDidit Didit(SessionKinds kind = SessionKinds.Any) => new(Answer, _time, kind: kind);

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        request.Method.ShouldBe(HttpMethod.Get, "nothing is created");
        var kind = request.RequestUri!.Query.TrimStart('?').Split('&')
            .Single(part => part.StartsWith("session_kind=", StringComparison.Ordinal))[13..];
        lock (_asked)
        {
            _asked.Add(kind);
        }

        var (status, rows) = _list(kind);
        return StubbedDidit.Reply(
            status, Encoding.UTF8.GetBytes(status == 200 ? $$"""{"count":0,"next":null,"results":[{{rows}}]}""" : """{"detail":"No."}"""));
    }

    private static string Row(string id, string key) => $$$"""
        {"session_id":"{{{id}}}","session_url":"https://v/{{{id}}}","status":"Approved","metadata":{"diditworker_key":"{{{key}}}"}}
        """;
}
