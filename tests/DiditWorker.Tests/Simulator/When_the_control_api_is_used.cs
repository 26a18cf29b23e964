using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

public sealed class When_the_control_api_is_used : SimulatorTest
{
    private async Task<JsonArray> ArrayAsync(string path) => JsonNode.Parse(await Didit.GetStringAsync(path))!.AsArray();

    [Test]
    public async Task Health_is_good() => (await StatusOfAsync(Didit.GetAsync("/health"))).ShouldBe(200);

    [Test]
    public async Task Settings_are_patched_in_part_and_the_key_is_masked()
    {
        using var response = await Didit.PatchAsync("/simulator/settings", JsonText(
            """{"header":"honoured","repeatReply":"conflict","sessionIdField":"uuid","headerWindow":"02:00:00","apiKey":"s3cret","conflictCount":1}"""));

        ((int)response.StatusCode).ShouldBe(200);
        State.Settings.ShouldBe(new SimulatorSettings
        {
            Header = HeaderMode.Honoured,
            RepeatReply = RepeatReply.Conflict,
            SessionIdField = SessionIdField.Uuid,
            HeaderWindow = TimeSpan.FromHours(2),
            ApiKey = "s3cret",
            ConflictCount = 1,
        });
        var shown = await GetAsync("/simulator/settings");
        ((string)shown["apiKey"]!).ShouldBe("***");
        ((string)shown["sessionIdField"]!).ShouldBe("uuid");
    }

    [Test]
    public async Task Faults_are_added_listed_and_removed()
    {
        using var added = await Didit.PostAsync("/simulator/faults", JsonText(
            """{"operation":"create","kind":"status","status":503,"delay":"00:00:00","headers":{"X-A":"b"},"shape":"detail"}"""));
        ((int)added.StatusCode).ShouldBe(201);
        var id = (long)(await BodyAsync(added))["id"]!;
        (await StatusOfAsync(CreateAsync())).ShouldBe(503);

        var fault = (await ArrayAsync("/simulator/faults")).Single()!;
        ((long)fault["id"]!).ShouldBe(id);
        ((int)fault["fired"]!).ShouldBe(1);
        ((string)fault["rule"]!["kind"]!).ShouldBe("status");

        (await StatusOfAsync(Didit.DeleteAsync($"/simulator/faults/{id}"))).ShouldBe(204);
        (await StatusOfAsync(Didit.DeleteAsync($"/simulator/faults/{id}"))).ShouldBe(404);
        (await StatusOfAsync(Didit.DeleteAsync("/simulator/faults"))).ShouldBe(204);
    }

    [Test]
    public async Task Sessions_are_seeded_listed_and_moved_on()
    {
        var id = Guid.NewGuid().ToString();
        var seed = JsonText($$"""
            {"sessionId":"{{id}}","vendorData":"u","workflowId":"{{Workflow}}","status":"In Progress","metadata":{"a":1},
             "createdAt":"2026-11-24T11:00:00Z","idempotencyKey":"k"}
            """);
        (await StatusOfAsync(Didit.PostAsync("/simulator/sessions", seed))).ShouldBe(201);

        using (var taken =
            await Didit.PostAsJsonAsync("/simulator/sessions", new { sessionId = id, vendorData = "u", workflowId = Workflow }))
        {
            await ShouldRefuseAsync(taken, "sessionId", "in use");
        }

        (await StatusOfAsync(Didit.PutAsync($"/simulator/sessions/{id}/status", JsonText("""{"status":"Approved"}""")))).ShouldBe(200);
        using (var wrong = await Didit.PutAsync($"/simulator/sessions/{id}/status", JsonText("""{"status":"approved"}""")))
        {
            await ShouldRefuseAsync(wrong, "status", "Kyc Expired");
        }

        (await StatusOfAsync(Didit.PutAsync($"/simulator/sessions/{Guid.NewGuid()}/status", JsonText("""{"status":"Approved"}"""))))
            .ShouldBe(404);
        var session = (await ArrayAsync("/simulator/sessions?vendorData=u")).Single()!;
        ((string)session["status"]!).ShouldBe("Approved");
        ((int)session["metadata"]!["a"]!).ShouldBe(1);
        ((bool)session["seeded"]!).ShouldBeTrue();
        (await ArrayAsync("/simulator/sessions?vendorData=v")).ShouldBeEmpty();
    }
}
