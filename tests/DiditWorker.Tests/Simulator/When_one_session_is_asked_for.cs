using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_one_session_is_asked_for : SimulatorTest
{
    [TestCase(false, true)]
    [TestCase(true, false)]
    public async Task Metadata_shows_where_it_is_set_to(bool inList, bool inDecision)
    {
        State.Configure(settings => settings with { ListReturnsMetadata = inList, DecisionReturnsMetadata = inDecision });
        var id = await CreatedIdAsync(Order(metadata: new JsonObject { ["a"] = 1 }));

        ((int?)(await GetAsync("/v3/sessions/"))["results"]![0]!["metadata"]?["a"]).ShouldBe(inList ? 1 : null);
        ((int?)(await GetAsync($"/v3/session/{id}/decision/"))["metadata"]?["a"]).ShouldBe(inDecision ? 1 : null);
    }

    [Test]
    public async Task A_decision_has_the_documented_fields()
    {
        var id = await CreatedIdAsync();

        var decision = await GetAsync($"/v3/session/{id}/decision/");

        ((string)decision["session_id"]!).ShouldBe(id);
        ((string)decision["status"]!).ShouldBe("Not Started");
        ((string)decision["vendor_data"]!).ShouldBe("user-1");
        ((string)decision["url"]!).ShouldStartWith("https://verify.didit.me/session/");
        ((string)decision["expires_at"]!).ShouldBe("2026-12-01T12:00:00.000000Z");
        ((string)decision["environment"]!).ShouldBe("sandbox");
    }

    [Test]
    public async Task A_deleted_session_is_gone_but_still_counts_as_made()
    {
        var id = await CreatedIdAsync();

        (await StatusOfAsync(Didit.DeleteAsync($"/v3/session/{id}/delete/"))).ShouldBe(204);

        (await StatusOfAsync(Didit.DeleteAsync($"/v3/session/{id}/delete/"))).ShouldBe(404);
        (await StatusOfAsync(Didit.GetAsync($"/v3/session/{id}/decision/"))).ShouldBe(404);
        (await ListedAsync()).ShouldBeEmpty();
        (await CreatedIdAsync()).ShouldNotBe(id, StringComparer.Ordinal);
        State.Sessions.Select(session => session.Deleted).ShouldBe([true, false]);
        State.Duplicates().PerVendorData.Single().Sessions.Count.ShouldBe(2);
    }
}
