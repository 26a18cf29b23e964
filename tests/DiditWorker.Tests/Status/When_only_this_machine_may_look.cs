using System.Net;
using DiditWorker.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Status;

public sealed class When_only_this_machine_may_look
{
    [TestCase("localhost", "127.0.0.1")]
    [TestCase("LOCALHOST:8080", "127.0.0.1")]
    [TestCase("127.0.0.1:8080", "127.0.0.2")]
    [TestCase("127.0.0.1", "::ffff:127.0.0.1")]
    [TestCase("localhost", "::ffff:127.0.0.2")]
    [TestCase("[::1]:8080", "::1")]
    public async Task A_browser_on_it_sees_the_page(string host, string address) =>
        (await AskAsync(address, ("Host", host))).ShouldBe(HttpStatusCode.OK);

    [TestCase("10.1.2.3")]
    [TestCase("::ffff:10.1.2.3")]
    [TestCase("fe80::1")]
    [TestCase("2001:db8::1")]
    [TestCase("172.17.0.1", TestName = "A published port of a container")]
    public async Task One_that_is_elsewhere_does_not(string address) =>
        (await AskAsync(address, ("Host", "localhost"))).ShouldBe(HttpStatusCode.Forbidden);

    // DNS rebinding: the page of evil.example asks the same name again, which now points to 127.0.0.1.
    [TestCase("evil.example")]
    [TestCase("evil.example:8080")]
    [TestCase("localhost.evil.example")]
    [TestCase("127.0.0.1.evil.example")]
    [TestCase("127.0.0.10")]
    [TestCase("0.0.0.0:8080")]
    [TestCase("worker-1")]
    public async Task A_name_that_was_pointed_to_it_does_not_help(string host) =>
        (await AskAsync("127.0.0.1", ("Host", host))).ShouldBe(HttpStatusCode.Forbidden);

    [TestCase("X-Forwarded-For", "127.0.0.1")]
    [TestCase("x-forwarded-for", "203.0.113.7")]
    [TestCase("X-Forwarded-Host", "localhost")]
    [TestCase("Forwarded", "for=203.0.113.7")]
    [TestCase("X-Real-IP", "203.0.113.7")]
    [TestCase("Via", "1.1 proxy")]
    public async Task A_proxy_on_it_is_not_the_person(string name, string value) =>
        (await AskAsync("127.0.0.1", (name, value))).ShouldBe(HttpStatusCode.Forbidden);

    [Test]
    public async Task Nor_is_an_address_that_somebody_claims_to_have()
    {
        // What ASPNETCORE_FORWARDEDHEADERS_ENABLED does: whoever sends the header is believed.
        await using var worker = await Watched.StartAsync(StatusAccessRule.Loopback, "203.0.113.7", app =>
        {
            var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            app.UseForwardedHeaders(options);
        });

        using var response = await worker.GetAsync("/status.json", ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Host", "localhost"));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [TestCase("/")]
    [TestCase("/status.js")]
    [TestCase("/status.css")]
    [TestCase("/status.json")]
    public async Task The_refusal_tells_which_setting_to_change_and_nothing_else(string path)
    {
        await using var worker = await Watched.StartAsync(StatusAccessRule.Loopback, "10.1.2.3");

        using var response = await worker.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("Status:Access");
        text.ShouldContain("Status:TokenFile");
        text.ShouldNotContain("worker-1");
    }

    private static async Task<HttpStatusCode> AskAsync(string address, params (string Name, string Value)[] headers)
    {
        await using var worker = await Watched.StartAsync(StatusAccessRule.Loopback, address);
        using var response = await worker.GetAsync("/status.json", headers);
        return response.StatusCode;
    }
}
