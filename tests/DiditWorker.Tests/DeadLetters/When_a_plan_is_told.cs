using DiditWorker.Didit;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_a_plan_is_told
{
    private static readonly WindowAge Inside = new(WindowState.Inside, Desk.Now.AddHours(20));
    private static readonly DiditOptions Didit = new() { ApiKey = new("k") };
    private static readonly WindowAge Over = new(WindowState.Expired, Desk.Now.AddDays(-2));

    [Test]
    public void What_was_parked_as_ambiguous_is_told_apart()
    {
        var (text, notes) = Told(Of(Predicted.LookUpThenCreate), Of(Predicted.LookUpThenCreate) with { WasAmbiguous = true });

        text.Split('\n').ShouldBe(
        [
            "a replay would                                                           messages  first window ends",
            "look up, then create if there is none                                    1         2026-11-25 08:00:00Z",
            "look up, and be parked again unless Didit's sessions have changed since  1         2026-11-25 08:00:00Z",
            "",
        ], customMessage: text);
        notes.ShouldContain("1 message was parked, since an earlier attempt may have made one of several sessions.");
        notes.ShouldContain("diditworker dead-letters plan --look-up");
    }

    // "Expired" is a word for windows, too.
    [Test]
    public void What_is_past_its_deadline_is_told_apart_from_what_is_beyond_its_window()
    {
        var (text, notes) = Told(Of(Predicted.LookUpThenExpire), Of(Predicted.RejectExpired), Of(Predicted.LookUpThenCreate, Over));

        text.ShouldContain("look up, then be answered Expired if there is none");
        text.ShouldContain("be answered Expired: its deadline is over");
        notes.ShouldContain("3 messages; 1 beyond the window, which needs --allow-expired. "
            + "Didit would get at most 1 create and at least 2 look-up requests");
    }

    [Test]
    public void One_is_one_and_a_time_is_in_words()
    {
        var (_, notes) = Told(Of(Predicted.LookUpThenCreate, Over));

        notes.ShouldContain("1 message; 1 beyond the window, which needs --allow-expired. "
            + "Didit would get at most 1 create and at least 1 look-up request, which take 1 second or more at the rate limit.");
    }

    [Test]
    public void Nothing_is_told_of_a_didit_that_is_not_asked()
    {
        var (_, notes) = Told(Of(Predicted.RejectInvalid), Of(Predicted.RejectInvalid));

        notes.ShouldContain("2 messages. Didit would not be asked.");
    }

    // The answer is in the record, however old the message is.
    [Test]
    public void What_is_answered_is_never_beyond_the_window()
    {
        var (_, notes) = Told(Of(Predicted.AnswerFromRecord, Over));

        notes.ShouldContain("1 message. Didit would not be asked.");
    }

    [Test]
    public async Task The_file_is_named_with_the_command_that_takes_it()
    {
        await using var desk = new Desk();
        desk.Park("order-1", body: """{"language":"en"}""");

        var (exitCode, _, notes) = await desk.RunAsync("plan", "--out", desk.File("plan"));

        exitCode.ShouldBe(0);
        notes.ShouldContain(
            $"{desk.File("plan")} holds 1 message. Exactly these: diditworker dead-letters replay --plan {desk.File("plan")}");
    }

    [Test]
    public void A_didit_that_does_not_answer_is_counted()
    {
        var summary = new PlanSummary(Didit);

        summary.Add(Of(Predicted.Unknown) with { DiditSaid = new ReadFailedException("503") });
        summary.Add(Of(Predicted.Adopt));

        (summary.DiditAway, summary.DiditSaid?.Message).ShouldBe((1, "503"));
    }

    private static Prediction Of(Predicted what, WindowAge? age = null) => new(what, "", age ?? Inside, null);

    private static (string Text, string Notes) Told(params Prediction[] predictions)
    {
        var summary = new PlanSummary(Didit);
        foreach (var prediction in predictions)
        {
            summary.Add(prediction);
        }

        var (text, notes) = (new StringWriter(), new StringWriter());
        PlanView.Print(summary, json: false, new Output(text, notes));
        return (text.ToString(), notes.ToString());
    }
}
