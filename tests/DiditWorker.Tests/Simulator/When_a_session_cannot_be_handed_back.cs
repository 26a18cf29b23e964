using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

/// <summary>An unfinished session that has no URL yet, or is of an older version of its workflow.</summary>
public sealed class When_a_session_cannot_be_handed_back : SimulatorTest
{
    [Test]
    public async Task One_without_its_url_is_shown_without_one_and_a_second_create_makes_another()
    {
        State.Configure(settings => settings with { UrlDelay = TimeSpan.FromMilliseconds(200) });
        var reply = await CreatedAsync();
        var first = (string)reply["session_id"]!;
        Time.Advance(TimeSpan.FromMilliseconds(199));

        reply.ContainsKey("url").ShouldBeTrue();
        (await GetAsync("/v3/sessions/"))["results"]!.AsArray().Single()!.AsObject().ContainsKey("session_url").ShouldBeFalse();
        (await GetAsync($"/v3/session/{first}/decision/")).ContainsKey("url").ShouldBeFalse();
        (await CreatedIdAsync()).ShouldNotBe(first, StringComparer.Ordinal);
    }

    [Test]
    public async Task One_that_has_its_url_comes_back()
    {
        State.Configure(settings => settings with { UrlDelay = TimeSpan.FromMilliseconds(200) });
        var first = await CreatedIdAsync();
        Time.Advance(TimeSpan.FromMilliseconds(200));

        (await CreatedIdAsync()).ShouldBe(first);
        (await GetAsync("/v3/sessions/"))["results"]!.AsArray().Single()!.AsObject().ContainsKey("session_url").ShouldBeTrue();
        (await GetAsync($"/v3/session/{first}/decision/")).ContainsKey("url").ShouldBeTrue();
    }

    [Test]
    public async Task One_of_an_older_version_stays_and_a_second_create_makes_another()
    {
        var first = await CreatedAsync();
        using var raised = await Didit.PatchAsync("/simulator/settings", JsonText("""{"workflowVersion":2}"""));

        var second = await CreatedAsync();

        ((int)first["workflow_version"]!).ShouldBe(1);
        ((int)second["workflow_version"]!).ShouldBe(2);
        ((string)second["session_id"]!).ShouldNotBe((string)first["session_id"]!, StringComparer.Ordinal);
        ((int)(await GetAsync($"/v3/session/{first["session_id"]}/decision/"))["workflow_version"]!).ShouldBe(1);
        (await CreatedIdAsync()).ShouldBe((string)second["session_id"]!);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Rows_tell_the_version_where_that_is_switched_on(bool told)
    {
        State.Configure(settings => settings with { ListReturnsVersion = told });
        State.Seed(new() { VendorData = "user-1", WorkflowId = Workflow, WorkflowVersion = 7 });

        ((int?)(await GetAsync("/v3/sessions/"))["results"]![0]!["workflow_version"]).ShouldBe(told ? 7 : null);
        (await CreatedAsync())["workflow_version"]!.GetValue<int>().ShouldBe(1, "the seeded one is of another version");
    }

    [TestCase("""{"urlDelay":"-00:00:01"}""", "urlDelay", "00:00:00")]
    [TestCase("""{"workflowVersion":0}""", "workflowVersion", "1 or more")]
    public async Task A_wrong_setting_is_refused(string body, string field, string allowed)
    {
        using var response = await Didit.PatchAsync("/simulator/settings", JsonText(body));

        await ShouldRefuseAsync(response, field, allowed);
    }
}
