using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

/// <summary>Didit refused 300 messages for good, and what it refused them for is mended there.</summary>
public sealed class When_refused_messages_are_replayed
{
    private const int Seed = 20261127;
    private const int Messages = 300;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private Arena _arena = null!;

    [SetUp]
    public async Task RefuseAsync()
    {
        _arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await _arena.StartWorkerAsync();

        // Each in words of its own: the same words for everybody would be taken for the account's fault.
        for (var i = 0; i < Messages; i++)
        {
            _arena.Didit.State.AddFault(new()
            {
                Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422, VendorData = $"user-{i}.",
                Body = $$"""{"detail":"Not accepted: {{(char)('a' + (i / 26))}}{{(char)('a' + (i % 26))}}."}""",
            });
        }

        await Task.WhenAll(Enumerable.Range(0, Messages)
            .Select(i => _arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}."}""")));
        await _arena.Broker.UntilAnswersAsync(Messages);
        _arena.Didit.State.ClearFaults();
        await Eventually.UntilAsync(
            async () => await _arena.Broker.DepthAsync("start-verification_error") == Messages, Bound, "all are parked");
    }

    [TearDown]
    public async Task StopAsync() => await _arena.DisposeAsync();

    [Test]
    public async Task The_plan_says_so_and_one_command_answers_all()
    {
        var plan = await _arena.OperateAsync("dead-letters", "plan", "--group", "RefusedByDidit");
        plan.Text.ShouldMatch("ask Didit again, which refused it; look up first +300 ");
        plan.Notes.ShouldContain("at most 300 creates and at least 300 look-up requests");

        var replay = await _arena.OperateAsync(
            "dead-letters", "replay", "--group", "RefusedByDidit", "--yes", "--wait", "--rate", "2000");

        (replay.ExitCode, replay.Text.Trim()).ShouldBe((0, "300 replayed, 300 created"), replay.ToString());
        await AssertAllAnsweredAsync();
    }

    [Test]
    public async Task Killed_at_ten_moments_and_repeated_it_makes_each_session_once()
    {
        var random = new Random(Seed);
        for (var kill = 0; kill < 10; kill++)
        {
            // Random moments of the work, not of the clock.
            var moment = _arena.Didit.State.Sessions.Count + random.Next(3, 20);
            using var command = OperatorProcess.Start(
                _arena, "dead-letters", "replay", "--group", "RefusedByDidit", "--yes", "--rate", "30");
            await Eventually.UntilAsync(
                () => Task.FromResult(_arena.Didit.State.Sessions.Count >= moment || command.HasExited), Bound, $"{moment} sessions");
            command.HasExited.ShouldBeFalse("it was to be killed at its work");
            command.Kill();
            await command.WaitForExitAsync();
            await Eventually.UntilAsync(
                async () => await _arena.Broker.DepthAsync("start-verification_error") + _arena.Didit.State.Sessions.Count >= Messages,
                Bound, "every message is somewhere");
        }

        // On a slow machine the last one may have come to its end before it was killed.
        (await _arena.OperateAsync("dead-letters", "replay", "--group", "RefusedByDidit", "--yes", "--wait", "--rate", "2000"))
            .ExitCode.ShouldBeOneOf(ExitCodes.Done, ExitCodes.NothingMatched);
        await AssertAllAnsweredAsync();
    }

    [Test]
    public async Task A_duplicate_that_nobody_replays_is_answered_from_the_refusal()
    {
        var before = _arena.Didit.State.Requests.Count;

        await _arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1."}""");
        await _arena.Broker.UntilAnswersAsync(Messages + 1);

        _arena.Broker.Answers.Last().Text("code").ShouldBe("RefusedByDidit");
        _arena.Didit.State.Requests.Count.ShouldBe(before);
    }

    private async Task AssertAllAnsweredAsync()
    {
        await Eventually.UntilAsync(
            () => Task.FromResult(_arena.Broker.Created.Select(answer => answer.Text("requestId")).Distinct(StringComparer.Ordinal).Count()
                == Messages),
            Bound, "every message is answered with a session");
        _arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        _arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();
        (await _arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
