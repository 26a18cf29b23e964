using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_a_status_is_scripted : FaultTest
{
    [TestCase(null, 502)]
    [TestCase(504, 504)]
    public async Task A_status_after_the_create_hides_that_it_was_made(int? status, int sent)
    {
        Script(FaultKind.StatusAfterCreate, rule => rule with { Status = status });

        using var response = await CreateAsync();

        ((int)response.StatusCode).ShouldBe(sent);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        ShouldBeLogged(FaultKind.StatusAfterCreate, sent, made: true);
    }

    [TestCase(400, "application/json", "{\"callback\":[")]
    [TestCase(401, "application/json", "{\"detail\":")]
    [TestCase(402, "application/json", "{\"detail\":")]
    [TestCase(403, "application/json", "{\"detail\":")]
    [TestCase(404, "application/json", "{\"detail\":")]
    [TestCase(408, "application/json", "{\"detail\":")]
    [TestCase(409, "application/json", "{\"detail\":")]
    [TestCase(422, "application/json", "{\"detail\":")]
    [TestCase(429, "application/json", "{\"detail\":")]
    [TestCase(500, "text/html", "<html>")]
    [TestCase(503, "text/html", "<html>")]
    public async Task A_status_comes_with_a_ready_body_and_no_work(int status, string type, string start)
    {
        Script(FaultKind.Status, rule => rule with { Status = status });

        using var response = await CreateAsync();

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await response.Content.ReadAsStringAsync()).ShouldStartWith(start);
        response.Headers.RetryAfter?.ToString().ShouldBe("1");
        (response.Headers.RetryAfter is not null).ShouldBe(status == 429);
        ShouldBeLogged(FaultKind.Status, status, made: false);
    }

    [TestCase(ErrorShape.FieldMap, "{\"callback\":[\"")]
    [TestCase(ErrorShape.Nested, "{\"expected_details\":{\"date_of_birth\":[\"")]
    [TestCase(ErrorShape.Array, "[\"")]
    [TestCase(ErrorShape.Detail, "{\"detail\":\"")]
    [TestCase(ErrorShape.Message, "{\"message\":\"")]
    [TestCase(ErrorShape.Error, "{\"error\":\"")]
    public async Task A_400_can_have_each_documented_shape(ErrorShape shape, string start)
    {
        Script(FaultKind.Status, rule => rule with { Status = 400, Shape = shape });

        using var response = await CreateAsync();

        (await response.Content.ReadAsStringAsync()).ShouldStartWith(start);
    }

    [Test]
    public async Task Its_body_and_headers_are_sent_verbatim()
    {
        Script(FaultKind.Status, rule => rule with
        {
            Status = 429,
            Body = "slow down",
            ContentType = "text/plain",
            RetryAfter = "Wed, 25 Nov 2026 12:00:00 GMT",
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-RateLimit-Limit"] = "10" },
        });

        using var response = await CreateAsync();

        (await response.Content.ReadAsStringAsync()).ShouldBe("slow down");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        response.Headers.GetValues("Retry-After").ShouldBe(["Wed, 25 Nov 2026 12:00:00 GMT"]);
        response.Headers.GetValues("X-RateLimit-Limit").ShouldBe(["10"]);
    }

    [Test]
    public async Task An_empty_retry_after_sends_none()
    {
        Script(FaultKind.Status, rule => rule with { Status = 429, RetryAfter = "" });

        using var response = await CreateAsync();

        response.Headers.Contains("Retry-After").ShouldBeFalse();
    }

    [Test]
    public async Task It_can_come_late()
    {
        Script(FaultKind.Status, rule => rule with { Status = 503, Delay = TimeSpan.FromSeconds(3) });
        var create = CreateAsync();
        await Time.SomebodyWaitsAsync();
        create.IsCompleted.ShouldBeFalse();

        Time.Advance(TimeSpan.FromSeconds(3));

        (await StatusOfAsync(create)).ShouldBe(503);
    }
}
