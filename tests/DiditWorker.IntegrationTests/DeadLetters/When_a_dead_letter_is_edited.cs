using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_a_dead_letter_is_edited
{
    private const string Invalid = "DiditWorker.Verification.InvalidMessageException";

    [Test]
    public async Task What_changes_at_didit_is_a_new_request_linked_to_the_old()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync(
            "order-1", """{"vendorData":"user-1","callbackMethod":"nobody"}""", Invalid, DateTimeOffset.UtcNow.AddDays(-3));

        var ended = await arena.OperateAsync(
            "dead-letters", "replay", "order-1", "--set", "callbackMethod=both", "--set", "metadata.order=42", "--yes", "--wait",
            "--allow-expired", "--reason", "mended");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Notes.ShouldContain("DiditWorker-Edited-From");
        var answer = arena.Broker.Created.Single();
        answer.Text("requestId").ShouldNotBe("order-1");
        Guid.TryParse(answer.Text("requestId"), out _).ShouldBeTrue();
        var body = arena.Didit.State.Sessions.Single();
        body.Metadata!.Value.GetProperty("order").GetInt32().ShouldBe(42);
    }

    [Test]
    public async Task An_envelope_stays_one()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishEnvelopeAsync(
            "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11", """{"vendorData":"user-1","callbackMethod":"nobody"}""");
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == 1, TimeSpan.FromSeconds(30), "it is parked");

        var ended = await arena.OperateAsync(
            "dead-letters", "replay", "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11", "--set", "callbackMethod=both", "--yes", "--wait");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        arena.Broker.Created.Single().Text("requestId").ShouldNotBe("0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11");
    }

    [Test]
    public async Task It_is_refused_while_the_old_request_may_have_a_session()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", "System.IO.IOException");

        var refused = await arena.OperateAsync("dead-letters", "replay", "order-1", "--set", "language=de", "--yes");
        refused.ExitCode.ShouldBe(1);
        refused.Notes.ShouldContain("answered with a session");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(1u);

        (await arena.OperateAsync(
            "dead-letters", "replay", "order-1", "--set", "language=de", "--reason", "both are wanted", "--yes", "--wait"))
                .ExitCode.ShouldBe(0);
        arena.Broker.Created.Select(answer => answer.Text("requestId")).Distinct().Count().ShouldBe(2);
    }

    [Test]
    public async Task What_does_not_reach_didit_changes_no_id()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", "System.IO.IOException");

        (await arena.OperateAsync("dead-letters", "replay", "order-1", "--set", "note=for us only", "--yes", "--wait"))
            .ExitCode.ShouldBe(0);

        arena.Broker.Created.Single().Text("requestId").ShouldBe("order-1");
    }

    [TestCase("callbackMethod=nobody", "callbackMethod: expected initiator")]
    [TestCase("no-value", "expected path=value")]
    [TestCase("vendorData=42", "vendorData: expected a string")]
    public async Task A_change_that_leads_nowhere_is_refused_before_anything_is_published(string assignment, string why)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("order-1", """{"vendorData":"user-1"}""", "System.IO.IOException");

        var ended = await arena.OperateAsync("dead-letters", "replay", "order-1", "--set", assignment, "--yes");

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain(why);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(1u);
    }

    [Test]
    public async Task Several_at_once_cannot_be_changed()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(2, i => ($"order-{i}", """{"vendorData":"user-1"}"""), "System.IO.IOException");

        var ended = await arena.OperateAsync("dead-letters", "replay", "--set", "language=de", "--yes");

        ended.ExitCode.ShouldBe(2);
        ended.Notes.ShouldContain("one message");
    }
}
