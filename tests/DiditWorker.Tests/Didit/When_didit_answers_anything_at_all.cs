using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>Replies are input like any other: whatever comes is sorted, and nothing throws.</summary>
public sealed class When_didit_answers_anything_at_all
{
    private static readonly string[] Seeds =
    [
        """{"session_id":"s","session_number":1,"url":"https://verify.didit.me/session/t","status":"Not Started","metadata":{"diditworker_key":"k"}}""",
        """{"count":1,"next":null,"results":[{"session_id":"s","metadata":"{\"diditworker_key\":\"k\"}","created_at":"2026-01-01T00:00:00Z"}]}""",
        """{"field":["message",{"nested":[1,true,null]}],"detail":"\ud83d\ude00"}""", "[]", "null", "",
    ];

    private static readonly JsonElement Sent = JsonElement.Parse("""{"vendor_data":"user-1","metadata":{"n":12}}""");

    private static readonly Gen<byte[]> Replies =
        from seed in Gen.Int[0, Seeds.Length - 1]
        from at in Gen.Int[0, 200]
        from insert in Gen.OneOf(
            Gen.Byte.Array[0, 20], Gen.Const("\\ud800"u8.ToArray()), Gen.Const("[[[["u8.ToArray()), Gen.Const("\":{"u8.ToArray()))
        from cut in Gen.Int[0, 5]
        select Change(Encoding.UTF8.GetBytes(Seeds[seed]), at, insert, cut);

    [Test]
    public void It_is_sorted_into_a_kind_and_nothing_throws() =>
        Gen.Select(Replies, Gen.Int[100, 599]).Sample(
            (body, status) =>
            {
                using var response = new HttpResponseMessage();
                var reply = ReplyClassifier.Classify((HttpStatusCode)status, response.Headers, body, "w", Sent, DateTimeOffset.UnixEpoch);
                ReplyClassifier.ClassifyRead((HttpStatusCode)status, response.Headers, body, DateTimeOffset.UnixEpoch)
                    .Why.Length.ShouldBeLessThan(700);
                (reply.Kind == ReplyKind.Answered).ShouldBe(reply.Session is not null);
                reply.Why.Length.ShouldBeLessThan(700);
            },
            iter: 20_000);

    [Test]
    public void A_list_of_it_leads_to_no_false_adoption() =>
        Replies.Sample(
            body =>
            {
                var key = IdempotencyKey.Create("start-verification", "order-1");
                var rows = LenientJson.TryParse(body) is { ValueKind: JsonValueKind.Object } json
                    && json.Member("results") is { ValueKind: JsonValueKind.Array } results
                    ? results.EnumerateArray().Select(SessionReader.FromList).ToList()
                    : [];
                SessionMatch.Among(rows, key, "w", notBefore: null, SessionMatch.NoneExcluded).Kind.ShouldNotBe(MatchKind.Adopt);
            },
            iter: 20_000);

    // The whole way through the client: status, body, and what the body leads to.
    [Test]
    public async Task The_client_fails_in_no_other_way_than_those_it_names()
    {
        byte[] body = [];
        var status = 200;
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(status, body));
        var request = new CreateRequest(IdempotencyKey.Create("start-verification", "order-1"), "user-1", Classifying.Workflow, Sent);
        await Gen.Select(Gen.OneOf(Replies, Tests.Didit.Replies.Bytes), Gen.OneOf(Gen.Const(200), Gen.Int[100, 599])).SampleAsync(
            async (bytes, code) =>
            {
                (body, status) = (bytes, code);
                (await didit.Client.CreateAsync(request, CancellationToken.None)).Why.Length.ShouldBeLessThan(700);
                await OnlyNamedAsync(
                    async () => (await didit.List.ReadAsync("user-1", Bare, CancellationToken.None))
                        .ShouldAllBe(s => s.ToString().Length < 200));
                await OnlyNamedAsync(async () =>
                {
                    if (await didit.Client.DecisionAsync("s/../\u0000", Bare, CancellationToken.None) is { } decision)
                    {
                        new FoundSession { Id = "s", MetadataKnown = false }.With(decision).Key.ShouldNotBe(request.Key.ToString());
                    }
                });
            },
            iter: 5_000, threads: 1);
    }

    [Test]
    public async Task A_list_without_an_end_is_given_up()
    {
        await using var didit =
            new StubbedDidit(
                _ => StubbedDidit.Reply(
                200, """{"results":[{"session_id":"s"}],"next":"https://verification.didit.me/again"}"""u8.ToArray()));

        await Should.ThrowAsync<ReadFailedException>(() => didit.List.ReadAsync("user-1", Bare, CancellationToken.None));

        didit.Requests.ShouldBe(50);
    }

    private static Task<JsonElement?> Bare(Func<CancellationToken, Task<JsonElement?>> read, CancellationToken cancellation) =>
        read(cancellation);

    private static async Task OnlyNamedAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (ReadFailedException)
        {
            // Named in the documentation of the client.
        }
    }

    private static byte[] Change(byte[] body, int at, byte[] insert, int cut)
    {
        at = Math.Min(at, body.Length);
        return [.. body[..at], .. insert, .. body[Math.Min(at + cut, body.Length)..]];
    }
}
