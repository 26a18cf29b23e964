using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

/// <summary>As a scoped key does: it may create, and yet not see what it created.</summary>
public sealed class When_a_key_sees_a_filtered_list : SimulatorTest
{
    [Test]
    public async Task It_shows_nothing_that_the_key_created()
    {
        State.Configure(settings => settings with { ListScope = ListScope.NothingOfItsOwn });
        var seeded = State.Seed(new() { VendorData = "user-1", WorkflowId = Workflow, Status = "Approved" });
        var created = await CreatedIdAsync();

        (await ListedAsync("?vendor_data=user-1")).ShouldBe([seeded.SessionId]);
        ((string)(await GetAsync($"/v3/session/{created}/decision/"))["session_id"]!).ShouldBe(created);
    }

    [TestCase("")]
    [TestCase("?session_kind=business")]
    [TestCase("?session_kind=nonsense")]
    public async Task It_is_refused(string query)
    {
        using var patched = await Didit.PatchAsync("/simulator/settings", JsonText("""{"listScope":"refused"}"""));
        await CreatedAsync();

        using var response = await Didit.GetAsync("/v3/sessions/" + query);

        ((int)response.StatusCode).ShouldBe(403);
        (await BodyAsync(response)).ContainsKey("detail").ShouldBeTrue();
    }
}
