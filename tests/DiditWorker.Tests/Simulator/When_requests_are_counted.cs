using System.Text.Json.Nodes;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_requests_are_counted : SimulatorTest
{
    private async Task<JsonArray> RequestsAsync(string query = "") =>
        JsonNode.Parse(await Didit.GetStringAsync("/simulator/requests" + query))!.AsArray();

    [Test]
    public async Task Each_is_logged_in_full_without_the_api_key()
    {
        Didit.DefaultRequestHeaders.Add("x-api-key", "s3cret");
        var id = await CreatedIdAsync(key: "k");

        (await Didit.GetStringAsync("/simulator/requests")).ShouldBe(
            """[{"sequence":1,"at":"2026-11-24T12:00:00+00:00","operation":"create","method":"POST","path":"/v3/session/","idempotencyKey":"k","vendorData":"user-1","status":"""
            + $$"""201,"fault":null,"sessionId":"{{id}}","made":true,"ended":"2026-11-24T12:00:00+00:00"}]""");
    }

    [TestCase("?vendorData=u", new[] { 1, 3 })]
    [TestCase("?idempotencyKey=k2", new[] { 2 })]
    [TestCase("?operation=list", new[] { 3 })]
    [TestCase("?operation=any", new[] { 1, 2, 3 })]
    [TestCase("?operation=create&vendorData=u", new[] { 1 })]
    public async Task The_log_can_be_filtered(string query, int[] sequences)
    {
        await CreatedAsync(Order("u"), "k1");
        await CreatedAsync(Order("v"), "k2");
        await ListedAsync("?vendor_data=u");

        (await RequestsAsync(query)).Select(entry => (int)entry!["sequence"]!).ShouldBe(sequences);
        (await StatusOfAsync(Didit.GetAsync("/simulator/requests?operation=post"))).ShouldBe(400);
    }

    [Test]
    public async Task A_full_log_drops_the_oldest_and_says_how_many_but_counts_all()
    {
        State.Configure(settings => settings with { RequestLogLimit = 2 });
        for (var i = 0; i < 5; i++)
        {
            await CreatedAsync();
        }

        using var response = await Didit.GetAsync("/simulator/requests");

        response.Headers.GetValues("X-Requests-Dropped").ShouldBe(["3"]);
        State.Requests.Select(request => request.Sequence).ShouldBe([4, 5]);
        State.Summary().Requests.ShouldBe(5);
        State.Summary().RequestsDropped.ShouldBe(3);
    }

    [Test]
    public async Task The_log_can_be_cleared()
    {
        await CreatedAsync();

        (await StatusOfAsync(Didit.DeleteAsync("/simulator/requests"))).ShouldBe(204);

        State.Requests.ShouldBeEmpty();
        State.Summary().Requests.ShouldBe(0);
        await CreatedAsync();
        State.Requests.Single().Sequence.ShouldBe(2);
    }

    [Test]
    public async Task The_summary_counts_by_operation_status_and_fault()
    {
        State.AddFault(new FaultRule { Operation = DiditOperation.Create, Kind = FaultKind.ResetAfterCreate, Count = 1 });
        await Should.ThrowAsync<HttpRequestException>(CreateAsync());
        State.SetStatus(State.Sessions.Single().SessionId, "Approved");
        await CreatedAsync();
        await CreatedAsync();
        await ListedAsync();

        (await GetAsync("/simulator/summary")).ToJsonString().ShouldBe(
            """{"sessions":2,"sessionsByStatus":{"Approved":1,"Not Started":1},"requests":4,"requestsByOperation":{"create":{"0":"""
            + """1,"201":2},"list":{"200":1}},"requestsDropped":0,"faultsFired":{"resetAfterCreate":1}}""");
    }
}

public sealed class When_duplicates_are_sought : SimulatorTest
{
    [Test]
    public async Task A_reused_session_is_one()
    {
        await CreatedAsync(key: "k");
        await CreatedAsync(key: "k");

        var duplicates = await GetAsync("/simulator/duplicates");

        duplicates.ToJsonString().ShouldBe("""{"sessions":1,"perKey":[],"perVendorData":[]}""");
    }

    [Test]
    public async Task Two_made_under_one_key_are_told()
    {
        var first = await CreatedIdAsync(key: "k");
        State.SetStatus(first, "Approved");
        var second = await CreatedIdAsync(key: "k");
        await CreatedAsync(Order("user-2"), "k2");

        (await GetAsync("/simulator/duplicates")).ToJsonString().ShouldBe(
            $$"""{"sessions":3,"perKey":[{"key":"k","sessions":["{{first}}","{{second}}"]}],"perVendorData":[{"vendorData":"user-1","sessions":["{{first}}","{{second}}"]}]}""");
    }

    [Test]
    public async Task Seeded_ones_count_for_their_person_and_for_their_key_if_given()
    {
        var seed = new SessionSeed { VendorData = "user-1", WorkflowId = Workflow, Status = "Approved" };
        State.Seed(seed);
        State.Seed(seed with { IdempotencyKey = "k" });
        await CreatedAsync(key: "k");

        State.Duplicates().PerVendorData.Single().Sessions.Count.ShouldBe(3);
        State.Duplicates().PerKey.Single().Sessions.Count.ShouldBe(2);
    }
}
