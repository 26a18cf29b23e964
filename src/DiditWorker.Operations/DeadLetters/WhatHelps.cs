using DiditWorker.Contracts;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>What to do about the dead letters of a group; <c>deploy/monitoring/RUNBOOK.md</c> has it at length.</summary>
internal static class WhatHelps
{
    /// <summary>In a few words, for a table.</summary>
    public static string With(string group) => group switch
    {
        RejectionCodes.InvalidMessage => "the publisher, under a new id; or replay --set",
        RejectionCodes.PayloadMismatch => "the publisher, under a new id; discard",
        RejectionCodes.RefusedByDidit => "mend it at Didit; replay",
        RejectionCodes.AmbiguousSession => "show --look-up; keys adopt or exclude; replay",
        RejectionCodes.AttemptsExhausted => "show; replay",
        DeadLetterGroups.Skipped => "whoever sent it; discard",
        DeadLetterGroups.DeliveryLimit => "replay",
        DeadLetterGroups.TimeToLive => "plan; replay, or discard",
        _ => "replay after an update",
    };

    /// <summary>With one message: a sentence, and the commands to do it with, to be pasted.</summary>
    public static (string Advice, IReadOnlyList<string> Commands) With(DeadLetter letter, Prediction prediction)
    {
        var id = ShellWord.Of(letter.Name);
        var replay = $"dead-letters replay {id}" + (prediction.IsBeyondTheWindow ? " --allow-expired --reason WHY" : "");
        var discard = $"dead-letters discard FILE --id {id} --reason WHY";
        (string Advice, string[] Commands) help = letter.Group switch
        {
            _ when prediction.What == Predicted.AnswerFromRecord =>
                ("replay it; its publisher gets the stored answer, and Didit is not asked.", [replay]),
            _ when prediction.What == Predicted.Adopt => ("replay it; the worker adopts the session that Didit has.", [replay]),
            _ when prediction.What == Predicted.InProgress =>
                ("wait; another delivery of it is being worked on. Look at its record:", []),
            _ when prediction.What is Predicted.LookUpThenExpire or Predicted.RejectExpired =>
                ("its deadline is over. Replayed as it is, its session is adopted if there is one, else its publisher is told Expired. "
                    + "To make a session after all, give it a new deadline:",
                    [replay, $"dead-letters replay {id} --set notAfter=TIME"]),
            RejectionCodes.InvalidMessage =>
                ("its publisher was told; a mended message comes under a new id. Or mend it here:",
                    [$"dead-letters replay {id} --set PATH=VALUE"]),
            RejectionCodes.PayloadMismatch =>
                ("its publisher was told; what it wants now comes under a new id. Put this one away:", [discard]),
            RejectionCodes.RefusedByDidit =>
                ("mend the cause at Didit, and replay it; a replay asks Didit again.", [replay]),
            RejectionCodes.AmbiguousSession =>
                ("look in Didit's console which session was made for it. Adopt that, or exclude all if none was; then replay it:",
                    [$"dead-letters show {id} --look-up", $"keys adopt {id} SESSION", $"keys exclude {id} SESSION --reason WHY", replay]),
            DeadLetterGroups.Skipped => ("tell whoever sent another message type to this queue. Put it away:", [discard]),
            DeadLetterGroups.TimeToLive =>
                ("nobody was answered. If somebody still waits, replay it; the worker looks up before it creates. Else put it away. Its "
                    + "publisher should set notAfter in place of a time to live:",
                    [replay, discard]),
            _ => ("find out why it failed, then replay it; the worker looks up before it creates.", [replay]),
        };
        return (help.Advice, letter.Delivery is null ? help.Commands : [$"keys show {id}", .. help.Commands]);
    }
}
