using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_dead_letters_are_listed
{
    private const string Invalid = "DiditWorker.Verification.InvalidMessageException";
    private const string Id = "6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e";

    [Test]
    public async Task A_group_is_a_line_with_its_age_its_window_its_fault_and_what_helps()
    {
        await using var desk = Parked();

        var (exitCode, text, notes) = await desk.RunAsync("list");

        exitCode.ShouldBe(0);
        text.TrimEnd().Split('\n').ShouldBe(
        [
            "group           count  oldest  window left     most frequent fault                               what helps",
            "InvalidMessage  3      30m     22h55m, 1 over  callback is no absolute URI                       "
                + "the publisher, under a new id; or replay --set",
            "Timeout         1      30m     22h55m          TimeoutException (its text: show ID --show-body)  replay after an update",
        ], ignoreOrder: false, customMessage: text);
        notes.ShouldContain("4 dead letters in start-verification_error. Each of them: diditworker dead-letters list --messages");
    }

    [Test]
    public async Task With_80_columns_six_of_them_stand_side_by_side()
    {
        await using var desk = Parked(width: 80);

        var lines = (await desk.RunAsync("list")).Text.TrimEnd().Split('\n');

        lines.ShouldAllBe(line => line.Length <= 80);
        lines[0].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length.ShouldBeLessThanOrEqualTo(6);
        lines.ShouldContain(line => line.StartsWith("InvalidMessage  3", StringComparison.Ordinal));
    }

    [TestCase("--messages")]
    [TestCase("-o", "wide")]
    public async Task A_message_is_a_line_that_is_never_broken(params string[] form)
    {
        await using var desk = Parked(width: 80);

        var (exitCode, text, _) = await desk.RunAsync(["list", .. form]);

        exitCode.ShouldBe(0);
        var lines = text.TrimEnd().Split('\n');
        lines.Length.ShouldBe(5);
        lines[0].ShouldStartWith("id ");
        lines.ShouldContain(line => line.StartsWith($"{Id}  InvalidMessage  30m     22h55m", StringComparison.Ordinal));
        lines.ShouldAllBe(line => line.Length <= 80);
    }

    [Test]
    public async Task The_text_of_an_exception_that_may_quote_the_message_is_not_shown()
    {
        await using var desk = Parked();

        var (_, text, notes) = await desk.RunAsync("list", "--messages");

        text.ShouldContain("callback is no absolute URI");
        (text + notes).ShouldNotContain("secret-person");
    }

    private static Desk Parked(int? width = null)
    {
        var desk = new Desk(width);
        desk.Park(Id, exception: Invalid, headers: ("MT-Fault-Message", "callback is no absolute URI"));
        desk.Park("order-2", exception: Invalid, headers: ("MT-Fault-Message", "callback is no absolute URI"));
        desk.Park("order-3", exception: Invalid, age: TimeSpan.FromDays(2), headers: ("MT-Fault-Message", "vendorData: is missing"));
        desk.Park("order-4", headers: ("MT-Fault-Message", "it is about secret-person"));
        return desk;
    }
}
