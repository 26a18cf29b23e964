using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_a_session_is_created : SimulatorTest
{
    [Test]
    public async Task The_reply_is_as_documented()
    {
        var reply = await CreatedAsync(Order("user-1", "https://example.com/back", new JsonObject { ["a"] = 1 }));

        reply.Select(member => member.Key).ShouldBe(
            [
                "session_id", "session_number", "session_token", "session_kind", "vendor_data", "metadata", "status",
                "workflow_id", "workflow_version", "callback", "url",
            ],
            ignoreOrder: true);
        Guid.TryParse((string)reply["session_id"]!, out _).ShouldBeTrue();
        ((int)reply["session_number"]!).ShouldBe(1);
        ((string)reply["status"]!).ShouldBe("Not Started");
        ((string)reply["workflow_id"]!).ShouldBe(Workflow);
        ((string)reply["vendor_data"]!).ShouldBe("user-1");
        ((string)reply["callback"]!).ShouldBe("https://example.com/back");
        ((int)reply["metadata"]!["a"]!).ShouldBe(1);
        ((string)reply["url"]!).ShouldBe("https://verify.didit.me/session/" + (string)reply["session_token"]!);
    }

    [Test]
    public async Task Its_metadata_may_be_a_string_of_json()
    {
        var reply = await CreatedAsync(Order(metadata: """{"a":1}"""));

        ((int)reply["metadata"]!["a"]!).ShouldBe(1);
    }

    [TestCase("""{"vendor_data":"u"}""", "workflow_id")]
    [TestCase("""{"workflow_id":"nope"}""", "workflow_id")]
    [TestCase("""{"workflow_id":7}""", "workflow_id")]
    [TestCase($$"""{"workflow_id":"{{Workflow}}","vendor_data":7}""", "vendor_data")]
    [TestCase($$"""{"workflow_id":"{{Workflow}}","callback":7}""", "callback")]
    [TestCase($$"""{"workflow_id":"{{Workflow}}","metadata":[1]}""", "metadata")]
    [TestCase($$"""{"workflow_id":"{{Workflow}}","metadata":"{"}""", "metadata")]
    [TestCase("[]", "non_field_errors")]
    [TestCase("{", "detail")]
    public async Task A_wrong_body_is_refused_by_field(string body, string field)
    {
        using var response = await Didit.PostAsync("/v3/session/", JsonText(body));

        ((int)response.StatusCode).ShouldBe(400);
        (await BodyAsync(response)).Single().Key.ShouldBe(field);
        State.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task A_body_that_is_not_declared_as_json_is_refused()
    {
        using var content = new StringContent("{}");

        (await StatusOfAsync(Didit.PostAsync("/v3/session/", content))).ShouldBe(415);
    }

    [Test]
    public async Task Without_the_trailing_slash_it_is_redirected_and_not_made()
    {
        using var response = await Didit.PostAsJsonAsync("/v3/session?a=b", Order());

        ((int)response.StatusCode).ShouldBe(301);
        response.Headers.Location!.ToString().ShouldBe("/v3/session/?a=b");
        State.Sessions.ShouldBeEmpty();
        State.Requests.Single().Status.ShouldBe(301);
    }

    [Test]
    public async Task The_id_can_be_named_uuid()
    {
        State.Configure(settings => settings with { SessionIdField = SessionIdField.Uuid });

        var reply = await CreatedAsync();

        reply.ContainsKey("session_id").ShouldBeFalse();
        (await GetAsync($"/v3/session/{reply["uuid"]}/decision/")).ContainsKey("uuid").ShouldBeTrue();
    }

    [Test]
    public async Task A_delay_holds_it_back_and_it_is_made_although_the_client_leaves()
    {
        State.Configure(settings => settings with { CreateDelay = TimeSpan.FromSeconds(5) });
        using var leaving = new CancellationTokenSource();
        var create = CreateAsync(leave: leaving.Token);
        await Time.SomebodyWaitsAsync();
        State.Sessions.ShouldBeEmpty();

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(create);
        Time.Advance(TimeSpan.FromSeconds(5));

        await EventuallyAsync(() => State.Sessions.Count == 1);
        await EventuallyAsync(() => State.Requests.Single().Made);
        State.Sessions.Single().CreatedAt.ShouldBe(Time.GetUtcNow());
    }
}

public sealed class When_a_workflow_is_unknown : SimulatorTest
{
    [TestCase(400)]
    [TestCase(404)]
    public async Task The_create_is_refused_and_the_known_one_works(int status)
    {
        State.Configure(settings => settings with { OnlyWorkflow = Workflow, UnknownWorkflowStatus = status });
        var unknown = Order();
        unknown["workflow_id"] = Guid.NewGuid().ToString();

        using var response = await CreateAsync(unknown);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"detail":"Invalid workflow_id."}""");
        State.Sessions.ShouldBeEmpty();
        await CreatedAsync();
    }
}

public sealed class When_the_api_key_is_checked : SimulatorTest
{
    [TestCase(401)]
    [TestCase(403)]
    public async Task A_wrong_one_is_refused_with_a_detail_and_the_right_one_passes(int status)
    {
        State.Configure(settings => settings with { ApiKey = "right", BadKeyStatus = status });

        using var refused = await CreateAsync();
        ((int)refused.StatusCode).ShouldBe(status);
        (await BodyAsync(refused)).ContainsKey("detail").ShouldBeTrue();

        Didit.DefaultRequestHeaders.Add("x-api-key", "right");
        await CreatedAsync();
    }
}
