using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_sessions_are_listed : SimulatorTest
{
    private const string OtherWorkflow = "99999999-2222-3333-4444-555555555555";

    private SimulatedSession Seed(string vendorData, string status = "Approved", string workflow = Workflow, int daysAgo = 0) =>
        State.Seed(new SessionSeed
        {
            VendorData = vendorData,
            WorkflowId = workflow,
            Status = status,
            CreatedAt = Time.GetUtcNow().AddDays(-daysAgo),
        });

    [Test]
    public async Task The_list_is_newest_first_with_the_documented_fields()
    {
        var (old, young) = (Seed("u", daysAgo: 2), Seed("u", daysAgo: 1));

        var list = await GetAsync("/v3/sessions/?vendor_data=u");

        ((int)list["count"]!).ShouldBe(2);
        list["results"]!.AsArray().Select(row => (string)row!["session_id"]!).ShouldBe([young.SessionId, old.SessionId]);
        var row = list["results"]![0]!.AsObject();
        row.Select(member => member.Key).ShouldBe(
            ["session_id", "session_number", "status", "vendor_data", "workflow_id", "session_url", "created_at"], ignoreOrder: true);
        ((string)row["created_at"]!).ShouldBe("2026-11-23T12:00:00.000000Z");
    }

    [TestCase("?vendor_data=a", new[] { 2, 1 })]
    [TestCase("?vendor_data=A", new int[0])]
    [TestCase("?workflow_id=" + OtherWorkflow, new[] { 3 })]
    [TestCase("?status=Kyc%20Expired", new[] { 2 })]
    [TestCase("?status=Kyc%20Expired,Approved", new[] { 3, 2, 1 })]
    [TestCase("?status=Kyc%20Expired,Declined", new[] { 2 })]
    [TestCase("?date_from=2026-11-22", new[] { 3, 2 })]
    [TestCase("?date_to=2026-11-22", new[] { 2, 1 })]
    [TestCase("?date_to=2026-11-22T11:59:59Z", new[] { 1 })]
    [TestCase("?vendor_data=a&status=Approved", new[] { 1 })]
    public async Task The_list_can_be_filtered(string query, int[] numbers)
    {
        Seed("a", daysAgo: 3);
        Seed("a", "Kyc Expired", daysAgo: 2);
        Seed("b", workflow: OtherWorkflow, daysAgo: 1);

        var list = await GetAsync("/v3/sessions/" + query);

        list["results"]!.AsArray().Select(row => (int)row!["session_number"]!).ShouldBe(numbers);
    }

    [TestCase("?workflow_id=x", "workflow_id")]
    [TestCase("?status=approved", "status")]
    [TestCase("?status=Approved,declined", "status")]
    [TestCase("?date_from=yesterday", "date_from")]
    public async Task A_wrong_filter_is_refused_by_field(string query, string field)
    {
        using var response = await Didit.GetAsync("/v3/sessions/" + query);

        ((int)response.StatusCode).ShouldBe(400);
        (await BodyAsync(response)).ContainsKey(field).ShouldBeTrue();
    }

    [Test]
    public async Task The_next_addresses_lead_through_all_pages_and_keep_the_filters()
    {
        for (var i = 0; i < 25; i++)
        {
            Seed("u & v");
        }

        Seed("other");
        var seen = new List<int>();
        var sizes = new List<int>();
        string? previous = null;
        for (var page = "/v3/sessions/?vendor_data=u%20%26%20v"; page is not null;)
        {
            var list = await GetAsync(page);
            seen.AddRange(list["results"]!.AsArray().Select(row => (int)row!["session_number"]!));
            sizes.Add(list["results"]!.AsArray().Count);
            (page, previous) = ((string?)list["next"], (string?)list["previous"]);
            page?.ShouldStartWith(Didit.BaseAddress!.ToString());
        }

        seen.ShouldBe(Enumerable.Range(1, 25).Reverse());
        sizes.ShouldBe([10, 10, 5]);
        previous!.ShouldContain("offset=10");
    }

    [Test]
    public async Task The_page_sizes_can_be_set()
    {
        State.Configure(settings => settings with { ListDefaultLimit = 2, ListMaxLimit = 3 });
        for (var i = 0; i < 5; i++)
        {
            Seed("u");
        }

        (await ListedAsync()).Length.ShouldBe(2);
        (await ListedAsync("?limit=100")).Length.ShouldBe(3);
        (await ListedAsync("?limit=1&offset=4")).Length.ShouldBe(1);
    }

    [Test]
    public async Task The_list_lags_as_set()
    {
        State.Configure(settings => settings with { ListLag = TimeSpan.FromSeconds(3) });
        var id = await CreatedIdAsync();

        (await ListedAsync()).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(3));
        (await ListedAsync()).ShouldBe([id]);
    }
}
