using System.Net;
using System.Text.Json;
using DiditWorker.Status;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Status;

public sealed class When_the_page_is_asked_for
{
    private Watched _worker = null!;

    private static string[] Paths { get; } = ["/", "/status.js", "/status.css", "/status.json"];

    [SetUp]
    public async Task StartAsync() => _worker = await Watched.StartAsync(StatusAccessRule.Anyone, "203.0.113.7");

    [TearDown]
    public async Task StopAsync() => await _worker.DisposeAsync();

    [TestCase("/", "text/html", "<html lang=\"en\">")]
    [TestCase("/status.js", "text/javascript", "status.json")]
    [TestCase("/status.css", "text/css", "color-scheme: light dark")]
    [TestCase("/status.json", "application/json", "\"inFlight\":4")]
    public async Task Each_of_its_files_is_there(string path, string type, string content)
    {
        using var response = await _worker.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await response.Content.ReadAsStringAsync()).ShouldContain(content);
    }

    [Test]
    public async Task The_json_has_every_member_in_camel_case()
    {
        using var response = await _worker.GetAsync("/status.json");

        var status = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        status.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "at", "version", "host", "started", "health", "outcomes", "inFlight", "concurrentMessageLimit", "circuit", "pause",
                "wait", "createRate", "waitingNow", "waitingNowCount", "queues",
            "deadLetters", "reconciliation", "window", "errors",
        ]);
        status.GetProperty("at").GetDateTimeOffset().ShouldBe(Watched.Snapshot.At);
        status.GetProperty("health").GetProperty("parts").GetProperty("didit").GetProperty("status").GetString().ShouldBe("Degraded");
        status.GetProperty("outcomes")[0].GetProperty("counts").GetProperty("created").GetInt64().ShouldBe(3);
        status.GetProperty("pause").GetProperty("reason").GetString().ShouldBe("credits_missing");
        status.GetProperty("createRate").GetProperty("sentLastMinute").GetInt64().ShouldBe(7);
        status.GetProperty("waitingNowCount").GetInt32().ShouldBe(21);
        status.GetProperty("waitingNow")[0].GetRawText().ShouldBe(
            """
            {"requestId":"order-1","key":"e3e13779-0505-5319-8b93-1e2b36c1007e","attempts":28,"last":"500",
            "lastAt":"2026-11-24T12:00:00+00:00","nextTry":"2026-11-24T12:00:05+00:00"}
            """.ReplaceLineEndings(""));
        status.GetProperty("queues").ValueKind.ShouldBe(JsonValueKind.Null);
        status.GetProperty("deadLetters")[0].GetProperty("remaining").ValueKind.ShouldBe(JsonValueKind.Null);
        status.GetProperty("errors")[0].GetProperty("why").GetString().ShouldBe("<b>");
    }

    [TestCaseSource(nameof(Paths))]
    public async Task It_is_told_to_load_nothing_from_elsewhere_and_not_to_be_kept(string path)
    {
        using var response = await _worker.GetAsync(path);

        Header(response, "Content-Security-Policy").ShouldBe(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        Header(response, "X-Content-Type-Options").ShouldBe("nosniff");
        Header(response, "Referrer-Policy").ShouldBe("no-referrer");
        Header(response, "Cache-Control").ShouldBe("no-store");
        Header(response, "Cross-Origin-Resource-Policy").ShouldBe("same-origin");
    }

    [Test]
    public async Task Refusals_have_the_same_headers()
    {
        await using var closed = await Watched.StartAsync(StatusAccessRule.Token);

        using var response = await closed.GetAsync("/");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Header(response, "Content-Security-Policy").ShouldStartWith("default-src 'none'");
        Header(response, "Cache-Control").ShouldBe("no-store");
    }

    [Test]
    public async Task It_can_only_be_read(
        [ValueSource(nameof(Paths))] string path, [Values("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")] string method)
    {
        using var response = await _worker.Http.SendAsync(new(new(method), path));

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
    }

    [TestCaseSource(nameof(Paths))]
    public async Task Its_head_can_be_asked_for(string path)
    {
        using var response = await _worker.Http.SendAsync(new(HttpMethod.Head, path));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldNotBeNull().ShouldBeGreaterThan(0);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task Who_may_not_look_may_not_try_other_methods_either()
    {
        await using var closed = await Watched.StartAsync(StatusAccessRule.Token);

        using var response = await closed.Http.PostAsync(new Uri("/status.json", UriKind.Relative), content: null);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [TestCaseSource(nameof(Paths))]
    public async Task It_names_no_other_address(string path)
    {
        using var response = await _worker.GetAsync(path);

        // Names of XML namespaces, which nobody asks.
        var text = (await response.Content.ReadAsStringAsync()).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        text.ShouldNotContain("://");
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}
