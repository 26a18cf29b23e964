using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Redis is away here, so this is also what is shown without it.</summary>
public sealed class When_a_dead_letter_is_shown
{
    private const string Verification = "DiditWorker.Verification.";

    [Test]
    public async Task What_matters_comes_first_and_what_to_do_comes_last()
    {
        await using var desk = Parked("InvalidMessage");

        var (exitCode, text, _) = await desk.RunAsync("show", "order-1");

        exitCode.ShouldBe(0);
        var lines = text.TrimEnd().Split('\n');
        lines.Length.ShouldBeLessThan(25);
        lines.Select(line => line.Split("  ")[0]).Take(6).ShouldBe(["request id", "fault", "parked", "published", "window", "body"]);
        text.ShouldContain("fault            InvalidMessage: callback is no absolute URI\n");
        text.ShouldContain("parked           30 minutes ago, 2026-11-24 11:30:00Z\n");
        text.ShouldContain("window           ends in 22 hours 55 minutes, 2026-11-25 10:55:00Z\n");
        text.ShouldContain("""body             {"vendorData":"***"} (redacted; --show-body)""");
        text.ShouldContain("What to do now: its publisher was told");
        text.ShouldContain("  diditworker keys show order-1\n  diditworker dead-letters replay order-1 --set PATH=VALUE\n");
        text.ShouldNotContain("MT-Fault");
        text.ShouldNotContain("user-of");
    }

    [Test]
    public async Task Without_redis_it_says_what_could_not_be_asked()
    {
        await using var desk = Parked("AmbiguousSession");

        var (exitCode, text, _) = await desk.RunAsync("show", "order-1");

        exitCode.ShouldBe(0);
        text.ShouldContain("record           not known: Redis could not be asked for the record (");
        text.ShouldContain("a replay would   not be predicted, since: Redis could not be asked");
    }

    [TestCase("AmbiguousSession", "dead-letters show order-1 --look-up", "keys adopt order-1 SESSION",
        "keys exclude order-1 SESSION --reason WHY", "dead-letters replay order-1")]
    [TestCase("RefusedByDidit", "dead-letters replay order-1")]
    [TestCase("PayloadMismatch", "dead-letters discard FILE --id order-1 --reason WHY")]
    [TestCase("AttemptsExhausted", "dead-letters replay order-1")]
    public async Task The_commands_of_its_group_can_be_pasted(string group, params string[] commands)
    {
        await using var desk = Parked(group);

        var lines = (await desk.RunAsync("show", "order-1")).Text.Split('\n');

        lines.Where(line => line.StartsWith("  diditworker ", StringComparison.Ordinal)).Select(line => line["  diditworker ".Length..])
            .ShouldBe(["keys show order-1", .. commands]);
    }

    [Test]
    public async Task Headers_are_shown_when_asked_for_and_a_stack_only_with_the_body()
    {
        await using var desk = Parked("InvalidMessage");

        var (_, text, _) = await desk.RunAsync("show", "order-1", "--headers", "--stack");

        text.ShouldContain("MT-Fault-ExceptionType  DiditWorker.Verification.InvalidMessageException");
        text.ShouldContain("tenant                  ***");
        text.ShouldContain("The stack may quote the message: --stack --show-body");
        text.ShouldNotContain("at Somewhere");
    }

    [Test]
    public async Task A_window_that_is_over_needs_a_reason()
    {
        await using var desk = new Desk();
        desk.Park("order-1", age: TimeSpan.FromDays(3));

        (await desk.RunAsync("show", "order-1")).Text.ShouldContain(
            "  diditworker dead-letters replay order-1 --allow-expired --reason WHY\n");
    }

    private static Desk Parked(string group)
    {
        var desk = new Desk();
        desk.Park(
            "order-1", exception: $"{Verification}{group}Exception",
            headers: [("MT-Fault-Message", "callback is no absolute URI"), ("MT-Fault-StackTrace", "at Somewhere"), ("tenant", "blue")]);
        return desk;
    }
}
