using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_an_unfinished_session_exists : SimulatorTest
{
    private string _first = null!;

    [SetUp]
    public async Task CreateFirstAsync() =>
        _first = await CreatedIdAsync(Order("user-1", "https://example.com/1", new JsonObject { ["try"] = 1 }), "key-1");

    [Test]
    public async Task It_comes_back_with_overwritten_callback_and_metadata()
    {
        var again = await CreatedAsync(Order("user-1", "https://example.com/2", new JsonObject { ["try"] = 2 }), "key-2");

        ((string)again["session_id"]!).ShouldBe(_first);
        ((string)again["callback"]!).ShouldBe("https://example.com/2");
        ((int)again["metadata"]!["try"]!).ShouldBe(2);
        var session = State.Sessions.Single();
        session.IdempotencyKey.ShouldBe("key-1");
        session.IdempotencyKeys.ShouldBe(["key-1", "key-2"]);
        State.Requests.Select(request => request.Made).ShouldBe([true, false]);
        State.Requests.ShouldAllBe(request => request.SessionId == _first);
    }

    [Test]
    public async Task Its_metadata_is_overwritten_even_by_none()
    {
        (await CreatedAsync())["metadata"].ShouldBeNull();
    }

    [Test]
    public async Task Its_metadata_stays_where_that_is_switched_off()
    {
        State.Configure(settings => settings with { OverwriteMetadata = false });

        ((int)(await CreatedAsync())["metadata"]!["try"]!).ShouldBe(1);
    }

    [Test]
    public async Task It_does_not_come_back_where_reuse_is_switched_off()
    {
        State.Configure(settings => settings with { ReuseByVendorData = false });

        (await CreatedIdAsync()).ShouldNotBe(_first, StringComparer.Ordinal);
    }

    [TestCase("Not Started", true)]
    [TestCase("In Progress", true)]
    [TestCase("Resubmitted", true)]
    [TestCase("Awaiting User", true)]
    [TestCase("In Review", false)]
    [TestCase("Approved", false)]
    [TestCase("Declined", false)]
    [TestCase("Abandoned", false)]
    [TestCase("Expired", false)]
    [TestCase("Kyc Expired", false)]
    public async Task It_comes_back_only_while_unfinished(string status, bool comesBack)
    {
        State.SetStatus(_first, status);

        var again = await CreatedAsync();

        string.Equals((string)again["session_id"]!, _first, StringComparison.Ordinal).ShouldBe(comesBack);
        ((string)again["status"]!).ShouldBe(comesBack ? status : "Not Started");
    }

    [Test]
    public async Task It_expires_with_its_lifetime_and_then_does_not_come_back()
    {
        Time.Advance(TimeSpan.FromDays(7));

        State.Sessions.Single().Status.ShouldBe("Expired");
        ((string)(await GetAsync($"/v3/session/{_first}/decision/"))["status"]!).ShouldBe("Expired");
        (await CreatedIdAsync()).ShouldNotBe(_first, StringComparer.Ordinal);
    }

    [Test]
    public async Task A_shorter_lifetime_can_be_set()
    {
        State.Reset();
        State.Configure(settings => settings with { SessionLifetime = TimeSpan.FromMinutes(1) });
        await CreatedAsync();

        Time.Advance(TimeSpan.FromMinutes(1));

        State.Sessions.Single().Status.ShouldBe("Expired");
    }

    [Test]
    public async Task Another_workflow_another_person_and_nobody_get_their_own()
    {
        var otherWorkflow = Order();
        otherWorkflow["workflow_id"] = Guid.NewGuid().ToString();
        string[] ids =
        [
            _first, await CreatedIdAsync(otherWorkflow), await CreatedIdAsync(Order("user-2")),
            await CreatedIdAsync(Order(vendorData: null)), await CreatedIdAsync(Order(vendorData: null)),
        ];

        ids.ShouldBeUnique(StringComparer.Ordinal);
    }

    [Test]
    public async Task Concurrent_creates_all_get_it()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CreatedIdAsync()));

        ids.ShouldAllBe(id => id == _first);
    }
}
