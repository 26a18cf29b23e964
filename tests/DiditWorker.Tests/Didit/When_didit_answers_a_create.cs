using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Didit.Classifying;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_answers_a_create
{
    private const string Full =
        """
        {"session_id":"s-1","session_number":1234,"session_token":"tok","vendor_data":"user-1","metadata":{},"status":"In Progress",
         "workflow_id":"99999999-2222-3333-4444-555555555555","callback":"https://x","url":"https://verify.didit.me/session/tok","extra":[{}]}
        """;

    [TestCase(200)]
    [TestCase(201)]
    public void A_session_is_read(int status)
    {
        var reply = Classify(status, Full);

        reply.Kind.ShouldBe(ReplyKind.Answered);
        reply.Session.ShouldBe(new DiditSession
        {
            Id = "s-1",
            Number = 1234,
            Url = "https://verify.didit.me/session/tok",
            Status = "In Progress",
            WorkflowId = "99999999-2222-3333-4444-555555555555",
            CreatedAt = Now,
        });
    }

    [TestCase("""{"uuid":"s-2","url":"https://v/2"}""", "s-2", "https://v/2")]
    [TestCase("""{"session_id":"s-1","uuid":"s-2","url":"https://v/1"}""", "s-1", "https://v/1")]
    [TestCase("""{"session_id":null,"uuid":"s-2","url":"https://v/2"}""", "s-2", "https://v/2")]
    [TestCase("""{"session_id":7,"uuid":"s-2","url":"https://v/2"}""", "s-2", "https://v/2")]
    [TestCase("""{"session_id":"","uuid":"s-2","url":"https://v/2"}""", "s-2", "https://v/2")]
    [TestCase("""{"session_id":"s-1","session_url":"https://v/1"}""", "s-1", "https://v/1")]
    public void Either_name_of_id_and_url_will_do(string body, string id, string url)
    {
        var session = Classify(201, body).Session.ShouldNotBeNull();

        session.Id.ShouldBe(id);
        session.Url.ShouldBe(url);
    }

    [TestCase("""{"session_id":"s-1","url":"u"}""")]
    [TestCase("""{"session_id":"s-1","url":"u","session_number":"12","status":5,"workflow_id":{}}""")]
    [TestCase("""{"session_id":"s-1","url":"u","session_number":1.5,"status":null,"workflow_id":null}""")]
    [TestCase("""{"session_id":"s-1","url":"u","session_number":99999999999999999999,"status":""}""")]
    [TestCase("""{"session_id":"s-1","url":"u","status":"\ud800"}""")]
    public void What_is_missing_or_of_another_type_is_made_up_for(string body) =>
        Classify(201, body).Session.ShouldBe(new DiditSession
        {
            Id = "s-1",
            Number = null,
            Url = "u",
            Status = "Not Started",
            WorkflowId = Workflow,
            CreatedAt = Now,
        });

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("<html>ok</html>")]
    [TestCase("{\"session_id\":\"s-1\"", TestName = "Cut short")]
    [TestCase("""{"session_id":"s-1"}""", TestName = "No url")]
    [TestCase("""{"session_id":"s-1","url":7}""", TestName = "A url that is no text")]
    [TestCase("""{"url":"u"}""", TestName = "No id")]
    [TestCase("""{"session_id":["s-1"],"url":"u"}""", TestName = "An id that is no text")]
    [TestCase("""{"data":{"session_id":"s-1","url":"u"}}""", TestName = "Somewhere else")]
    [TestCase(null, TestName = "Too large")]
    public void A_success_that_names_no_session_is_ambiguous(string? body)
    {
        var reply = Classify(201, body);

        reply.Kind.ShouldBe(ReplyKind.Ambiguous);
        reply.Session.ShouldBeNull();
        reply.Why.ShouldStartWith("201");
    }

    [TestCase(202)]
    [TestCase(204)]
    public void A_success_without_a_body_is_ambiguous(int status) => Classify(status).Kind.ShouldBe(ReplyKind.Ambiguous);

    [TestCase(301, ReplyKind.Redirected)]
    [TestCase(302, ReplyKind.Redirected)]
    [TestCase(307, ReplyKind.Redirected)]
    [TestCase(308, ReplyKind.Redirected)]
    [TestCase(401, ReplyKind.KeyRefused)]
    [TestCase(402, ReplyKind.CreditsMissing)]
    [TestCase(403, ReplyKind.Forbidden)]
    [TestCase(404, ReplyKind.Strange)]
    [TestCase(405, ReplyKind.Strange)]
    [TestCase(406, ReplyKind.Strange)]
    [TestCase(407, ReplyKind.Strange)]
    [TestCase(408, ReplyKind.Ambiguous)]
    [TestCase(409, ReplyKind.Conflict)]
    [TestCase(410, ReplyKind.Strange)]
    [TestCase(411, ReplyKind.Strange)]
    [TestCase(413, ReplyKind.Strange)]
    [TestCase(414, ReplyKind.Strange)]
    [TestCase(415, ReplyKind.Strange)]
    [TestCase(421, ReplyKind.Strange)]
    [TestCase(429, ReplyKind.Throttled)]
    [TestCase(431, ReplyKind.Strange)]
    [TestCase(451, ReplyKind.Strange)]
    [TestCase(499, ReplyKind.Strange)]
    [TestCase(500, ReplyKind.Ambiguous)]
    [TestCase(501, ReplyKind.Ambiguous)]
    [TestCase(502, ReplyKind.Ambiguous)]
    [TestCase(503, ReplyKind.Ambiguous)]
    [TestCase(504, ReplyKind.Ambiguous)]
    [TestCase(520, ReplyKind.Ambiguous)]
    [TestCase(599, ReplyKind.Ambiguous)]
    public void A_failure_has_its_class_whatever_its_body(int status, ReplyKind kind)
    {
        foreach (var body in (string?[])["", Full, "<html>", "[]", "null", null, """{"detail":"Not found."}"""])
        {
            var reply = Classify(status, body);
            reply.Kind.ShouldBe(kind, body);
            reply.Status.ShouldBe(status);
            reply.Why.ShouldContain($"{status}");
            reply.Session.ShouldBeNull();
        }
    }

    // Didit's API always answers in JSON. A proxy or server in front of it answers a request that it cannot read with a page or with
    // nothing.
    [TestCase(400)]
    [TestCase(422)]
    public void A_refusal_is_the_requests_only_in_didits_json(int status)
    {
        foreach (var body in (string?[])["""{"callback":["Enter a valid URL."]}""", "[\"No.\"]", "{}", "[]", null])
        {
            Classify(status, body).Kind.ShouldBe(ReplyKind.Refused, body);
        }

        foreach (var body in (
            string[])["", " ", "<html><body>Bad Request</body></html>", "Bad Request", "null", "7", "{\"detail\":\"Not fou"])
        {
            Classify(status, body).Kind.ShouldBe(ReplyKind.Strange, body);
        }
    }

    [TestCase("""{"detail":"You do not have permission to perform this action."}""", "403: Didit refuses the API key or its rights")]
    [TestCase("<html>Forbidden</html>", "403 with a page that is not Didit's: something in front of it refuses the request")]
    [TestCase("", "403 with a page that is not Didit's: something in front of it refuses the request")]
    public void A_403_says_who_may_have_sent_it(string body, string why)
    {
        var reply = Classify(403, body);

        reply.Kind.ShouldBe(ReplyKind.Forbidden);
        reply.Why.ShouldBe(why);
    }

    [TestCase("""{"\ud800":1,"session_id":"s-1","url":"u"}""", 201)]
    [TestCase("""{"detail":"\ud800"}""", 400)]
    [TestCase("""{"\udc00":["x"]}""", 422)]
    [TestCase("""["\ud800"]""", 400)]
    public void Half_of_a_surrogate_pair_in_a_reply_does_no_harm(string body, int status) =>
        Enum.IsDefined(Classify(status, body).Kind).ShouldBeTrue();

    [Test]
    public void Nothing_that_didit_sends_can_make_it_throw() => Gen.Select(Gen.Int[200, 599], Replies.Bytes, Gen.String).Sample(
        (status, body, retryAfter) => Enum.IsDefined(Classify(status, body, retryAfter).Kind), iter: 3000,
        print: sample => $"{sample.Item1} {System.Text.Encoding.Latin1.GetString(sample.Item2)} {sample.Item3}");

    [Test]
    public void A_token_or_url_never_stands_in_the_reason() => Gen.Int[200, 599].Sample(
        status => status is 400 or 422 || !Classify(status, Full).Why.Contains("tok", StringComparison.Ordinal));
}
