using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_a_replay_is_killed
{
    private const int Seed = 20261124;
    private const int Messages = 1_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task The_same_command_goes_on_and_nothing_is_lost_or_done_twice()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(
            Messages, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.Net.Http.HttpRequestException");
        var plan = Path.Combine(Path.GetTempPath(), $"plan-killed-{Environment.ProcessId}.jsonl");
        try
        {
            (await arena.OperateAsync("dead-letters", "plan", "--out", plan)).ExitCode.ShouldBe(0);
            var random = new Random(Seed);
            for (var kill = 0; kill < 10; kill++)
            {
                // Random moments of the work, not of the clock.
                var moment = arena.Didit.State.Sessions.Count + random.Next(5, 40);
                using var command = OperatorProcess.Start(arena, "dead-letters", "replay", "--plan", plan, "--yes", "--rate", "100");
                await Eventually.UntilAsync(
                    () => Task.FromResult(arena.Didit.State.Sessions.Count >= moment || command.HasExited), Bound,
                    $"{moment} sessions (there are {arena.Didit.State.Sessions.Count})");
                command.HasExited.ShouldBeFalse("it was to be killed at its work");
                command.Kill();
                await command.WaitForExitAsync();

                // The worker has done what was published until then.
                await Eventually.UntilAsync(
                    async () => await arena.Broker.DepthAsync("start-verification_error")
                        + arena.Didit.State.Sessions.Count >= Messages, Bound, "every message is somewhere");
            }

            var last = await arena.OperateAsync("dead-letters", "replay", "--plan", plan, "--yes", "--wait", "--rate", "2000");
            last.ExitCode.ShouldBeOneOf([0, 3], last.ToString());
        }
        finally
        {
            File.Delete(plan);
        }

        await Eventually.UntilAsync(() => Task.FromResult(
            arena.Broker.Created.Select(answer => answer.Text("requestId")).Distinct(StringComparer.Ordinal).Count() == Messages), Bound,
            "every message is answered");
        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        (await arena.OperateAsync("dead-letters", "history", "--json")).Json.GetArrayLength().ShouldBeGreaterThanOrEqualTo(10);
    }

    [Test]
    public async Task Told_to_stop_it_ends_between_two_messages_and_says_what_was_done()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(200, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.Net.Http.HttpRequestException");
        using var command = OperatorProcess.Start(arena, "dead-letters", "replay", "--yes", "--rate", "20", "--json");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Sessions.Count >= 3), Bound, "it is at work");

        OperatorProcess.Terminate(command);
        await command.WaitForExitAsync().WaitAsync(Bound);

        command.ExitCode.ShouldBe(1);
        var replayed = System.Text.Json.JsonElement.Parse(await command.StandardOutput.ReadToEndAsync()).GetProperty("replayed").GetInt32();
        replayed.ShouldBeInRange(3, 199);
        (await command.StandardError.ReadToEndAsync()).ShouldContain("the same command goes on from there");
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == 200 - replayed, Bound, "the rest is in the queue");
        var audit = (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray().Last();
        audit.GetProperty("outcome").GetString()!.ShouldContain($"{replayed} replayed");
    }
}
