using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Keys;

public sealed class When_a_key_is_released
{
    private const string Id = "order-1";
    private static readonly string Fingerprint = DiditWorker.Protocol.Fingerprint.Of(JsonElement.Parse("""{"vendor_data":"user-1"}"""));

    [TestCase('P', "", "an attempt may have made a session")]
    [TestCase('R', "\"no\"", "The next delivery asks Didit again")]
    [TestCase('C', "{}", "it has a session that is not known here any more")]
    [TestCase('C', "=s-1||=https://verify.example/s/1|A|=w|8df4a2277412000", "it has its session s-1")]
    public async Task It_warns_of_what_it_risks_is_dry_without_yes_and_leaves_an_audit_line_with_it(
        char state, string payload, string warning)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record(state, Fingerprint, payload: payload));

        var dry = await arena.OperateAsync("keys", "release", Id, "--reason", "the publisher was wrong");

        dry.ExitCode.ShouldBe(ExitCodes.Done, dry.Notes);
        dry.Notes.ShouldContain(warning);
        dry.Text.ShouldContain("Would forget");
        (await arena.StoredAsync(Id)).ShouldNotBeNull();
        (await arena.OperateAsync("dead-letters", "history")).ExitCode.ShouldBe(ExitCodes.NothingMatched);

        var done = await arena.OperateAsync("keys", "release", Id, "--reason", "the publisher was wrong", "--yes");

        done.ExitCode.ShouldBe(ExitCodes.Done, done.Notes);
        done.Notes.ShouldContain(warning);
        done.Text.ShouldContain("Forgotten");
        (await arena.StoredAsync(Id)).ShouldBeNull();
        var lines = (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray().ToList();
        lines.Count.ShouldBe(2);
        lines[0].GetProperty("outcome").GetString().ShouldBe("begun");
        var line = lines[1];
        line.GetProperty("command").GetString().ShouldBe("keys release");
        line.GetProperty("selection").GetString()!.ShouldContain(Id);
        line.GetProperty("reason").GetString().ShouldBe("the publisher was wrong");
        line.GetProperty("outcome").GetString()!.ShouldStartWith("forgotten");
        (done.Text + done.Notes).ShouldNotContain("verify.example");
    }

    [TestCase("Always", "A replay looks at Didit for its session first")]
    [TestCase("OutsideWindow", "outside it, it looks at Didit first")]
    [TestCase("Never", "outside it, it is parked")]
    public async Task What_a_replay_then_relies_on_depends_on_the_settings(string lookup, string says)
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:LookupBeforeResend"] = lookup;
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint));

        (await arena.OperateAsync("keys", "release", Id, "--reason", "a test")).Notes.ShouldContain(says);
        (await arena.OperateAsync("keys", "show", "never-seen")).Notes.ShouldContain(says);
    }

    [Test]
    public async Task The_next_delivery_starts_anew()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422, Count = 1 });
        await arena.Broker.PublishRawAsync(Id, """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);

        (await arena.OperateAsync("keys", "release", Id, "--reason", "Didit was set up wrongly", "--yes"))
            .ExitCode.ShouldBe(ExitCodes.Done);
        await arena.Broker.PublishRawAsync(Id, """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(2);

        arena.Broker.Rejected.Count().ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions.Single().SessionId);
    }

    [Test]
    public async Task It_is_refused_while_a_delivery_is_worked_on()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint, DateTimeOffset.UtcNow.AddMinutes(10)));
        var stored = await arena.StoredAsync(Id);

        var run = await arena.OperateAsync("keys", "release", Id, "--reason", "impatience", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("is being worked on until");
        (await arena.StoredAsync(Id)).ShouldBe(stored);
    }

    [Test]
    public async Task A_record_that_is_not_there_is_nothing_to_release()
    {
        await using var arena = await Arena.OpenAsync();

        var run = await arena.OperateAsync("keys", "release", Id, "--reason", "why not", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.NothingMatched);
        run.Notes.ShouldContain("No record");
    }

    [TestCase(new string[0], "--reason")]
    [TestCase(new[] { "--reason", " " }, "must not be blank")]
    public async Task Without_a_reason_it_is_wrong_usage(string[] reason, string says)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint));

        var run = await arena.OperateAsync(["keys", "release", Id, "--yes", .. reason]);

        run.ExitCode.ShouldBe(ExitCodes.WrongUsage);
        run.Notes.ShouldContain(says);
        run.Notes.ShouldContain("diditworker keys release --help");
        (await arena.StoredAsync(Id)).ShouldNotBeNull();
    }

    [Test]
    public async Task It_can_be_named_by_its_key()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint));
        var key = Protocol.IdempotencyKey.Create("start-verification", Id).ToString();

        (await arena.OperateAsync("keys", "release", key, "--key", "--reason", "a test", "--yes")).ExitCode.ShouldBe(ExitCodes.Done);

        (await arena.StoredAsync(Id)).ShouldBeNull();
    }

    [Test]
    public async Task Every_option_is_in_the_help_and_so_is_every_command()
    {
        await using var arena = await Arena.OpenAsync();
        foreach (var (command, options) in new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["show"] = ["--key", "--json"],
            ["adopt"] = ["SESSION", "--key", "--reason", "--yes"],
            ["release"] = ["--key", "--reason", "--yes"],
            ["horizon"] = ["--nothing-was-lost", "--something-was-lost", "--reason", "--yes", "--json"],
        })
        {
            var help = await arena.OperateAsync("keys", command, "--help");

            help.ExitCode.ShouldBe(ExitCodes.Done);
            foreach (var option in options)
            {
                help.Text.ShouldContain(option);
            }

            (await arena.OperateAsync("keys", "--help")).Text.ShouldContain(command);
        }
    }
}
