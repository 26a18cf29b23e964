using System.Net;
using System.Text;
using DiditWorker.Status;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Status;

public sealed class When_a_token_is_needed
{
    [TestCase("Bearer " + Watched.Token)]
    [TestCase("bearer " + Watched.Token)]
    public async Task A_program_sends_it_as_bearer(string authorization) => (await AskAsync(authorization)).ShouldBe(HttpStatusCode.OK);

    [TestCase("admin")]
    [TestCase("")]
    [TestCase("jörg")]
    public async Task A_browser_sends_it_as_password_of_any_user(string user) =>
        (await AskAsync(Basic($"{user}:{Watched.Token}"))).ShouldBe(HttpStatusCode.OK);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("Bearer")]
    [TestCase("Bearer ")]
    [TestCase("Bearer correct-horse-batterz")]
    [TestCase("Bearer correct-horse-batter")]
    [TestCase("Bearer correct-horse-battery-")]
    [TestCase("Bearer CORRECT-HORSE-BATTERY")]
    [TestCase(Watched.Token)]
    [TestCase("Digest " + Watched.Token)]
    [TestCase("Basic " + Watched.Token)]
    [TestCase("Basic !!!")]
    [TestCase("Basic //79/A==")]
    public async Task Nothing_else_will_do(string? authorization) => (await AskAsync(authorization)).ShouldBe(HttpStatusCode.Unauthorized);

    [TestCase("user:")]
    [TestCase(Watched.Token)]
    [TestCase(Watched.Token + ":")]
    [TestCase(Watched.Token + ":x")]
    [TestCase("user:x:" + Watched.Token)]
    public async Task Nor_any_other_password(string userAndPassword) =>
        (await AskAsync(Basic(userAndPassword))).ShouldBe(HttpStatusCode.Unauthorized);

    [Test]
    public async Task Being_on_the_same_machine_does_not_replace_it() =>
        (await AskAsync(authorization: null, address: "127.0.0.1")).ShouldBe(HttpStatusCode.Unauthorized);

    [Test]
    public async Task It_may_come_from_anywhere_by_any_name()
    {
        await using var worker = await Watched.StartAsync(StatusAccessRule.Token, "203.0.113.7");

        using var response = await worker.GetAsync(
            "/status.json", ("Authorization", "Bearer " + Watched.Token), ("Host", "status.example"), ("X-Forwarded-For", "203.0.113.7"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [TestCase("/")]
    [TestCase("/status.js")]
    [TestCase("/status.css")]
    [TestCase("/status.json")]
    public async Task A_browser_is_told_to_ask_for_it(string path)
    {
        await using var worker = await Watched.StartAsync(StatusAccessRule.Token);

        using var response = await worker.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Basic realm=\"DiditWorker status\"");
        (await response.Content.ReadAsStringAsync()).ShouldContain("Status:Token");
    }

    private static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<HttpStatusCode> AskAsync(string? authorization, string address = "10.1.2.3")
    {
        await using var worker = await Watched.StartAsync(StatusAccessRule.Token, address);
        using var response = await worker.GetAsync("/status.json", authorization is null ? [] : [("Authorization", authorization)]);
        return response.StatusCode;
    }
}
