using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_sessions_are_of_two_kinds : SimulatorTest
{
    private const string Company = "99999999-2222-3333-4444-555555555555";

    private void Seed(int users, int businesses)
    {
        State.Configure(settings => settings with { BusinessWorkflows = Company });
        for (var i = 0; i < users; i++)
        {
            State.Seed(new() { VendorData = "u", WorkflowId = Workflow });
        }

        for (var i = 0; i < businesses; i++)
        {
            State.Seed(new() { VendorData = "u", WorkflowId = Company });
        }
    }

    private static int[] Numbers(JsonObject list) => [.. list["results"]!.AsArray().Select(row => (int)row!["session_number"]!)];

    [TestCase(null, "user")]
    [TestCase("all", "business")]
    [TestCase(Workflow, "business")]
    [TestCase(Company, "user")]
    [TestCase("99999999-2222-3333-4444-555555555555,11111111-2222-3333-4444-555555555555", "business")]
    public async Task The_workflow_decides_and_the_create_tells(string? businesses, string kind)
    {
        State.Configure(settings => settings with { BusinessWorkflows = businesses });

        ((string)(await CreatedAsync())["session_kind"]!).ShouldBe(kind);
        State.Sessions.Single().SessionKind.ShouldBe(kind);
    }

    [TestCase("", new[] { 2, 1 })]
    [TestCase("&session_kind=user", new[] { 2, 1 })]
    [TestCase("&session_kind=business", new[] { 4, 3 })]
    [TestCase("&session_kind=all", new[] { 4, 3, 2, 1 })]
    public async Task The_list_shows_no_business_unless_it_is_asked_for(string query, int[] numbers)
    {
        Seed(users: 2, businesses: 2);

        Numbers(await GetAsync("/v3/sessions/?vendor_data=u" + query)).ShouldBe(numbers);
    }

    [TestCase("Business")]
    [TestCase("kyb")]
    [TestCase("user,business")]
    public async Task Any_other_kind_is_refused_by_field(string kind)
    {
        using var response = await Didit.GetAsync("/v3/sessions/?session_kind=" + kind);

        ((int)response.StatusCode).ShouldBe(400);
        (await BodyAsync(response)).ContainsKey("session_kind").ShouldBeTrue();
    }

    [Test]
    public async Task A_page_of_both_kinds_has_so_many_of_each_and_its_next_follows_the_users()
    {
        Seed(users: 3, businesses: 5);

        var first = await GetAsync("/v3/sessions/?session_kind=all&limit=2");
        Numbers(first).ShouldBe([8, 7, 3, 2]);
        var second = await GetAsync((string)first["next"]!);

        Numbers(second).ShouldBe([6, 5, 1]);
        second["next"].ShouldBeNull("the fifth business session is not reached");
    }

    [Test]
    public async Task Businesses_alone_have_all_pages_but_are_counted_to_a_hundred()
    {
        Seed(users: 1, businesses: 102);
        var seen = new List<int>();
        for (var page = "/v3/sessions/?session_kind=business&limit=60"; page is not null;)
        {
            var list = await GetAsync(page);
            ((int)list["count"]!).ShouldBe(100);
            seen.AddRange(Numbers(list));
            page = (string?)list["next"];
        }

        seen.ShouldBe(Enumerable.Range(2, 102).Reverse());
    }

    [TestCase(403)]
    [TestCase(404)]
    [TestCase(400)]
    public async Task An_account_without_them_is_refused_the_lists_that_would_show_them(int status)
    {
        Seed(users: 1, businesses: 0);
        State.Configure(settings => settings with { BusinessListStatus = status });

        (await StatusOfAsync(Didit.GetAsync("/v3/sessions/?session_kind=business"))).ShouldBe(status);
        (await StatusOfAsync(Didit.GetAsync("/v3/sessions/?session_kind=all"))).ShouldBe(status);
        Numbers(await GetAsync("/v3/sessions/?session_kind=user")).ShouldBe([1]);
        Numbers(await GetAsync("/v3/sessions/")).ShouldBe([1]);
    }

    [TestCase("""{"businessWorkflows":"some"}""", "businessWorkflows", "UUIDs")]
    [TestCase("""{"businessWorkflows":""}""", "businessWorkflows", "UUIDs")]
    [TestCase("""{"businessListStatus":500}""", "businessListStatus", "400 to 499")]
    public async Task A_wrong_setting_is_refused(string body, string field, string allowed)
    {
        using var response = await Didit.PatchAsync("/simulator/settings", JsonText(body));

        await ShouldRefuseAsync(response, field, allowed);
    }
}
