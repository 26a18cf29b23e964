using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>What a replay would lead to.</summary>
public enum Predicted
{
    /// <summary>It is answered already: the stored answer is published again, without a request to Didit.</summary>
    AnswerFromRecord,

    /// <summary>Nothing suggests an earlier attempt. Never for a replay, which is itself a sign of one; here for completeness.</summary>
    Create,

    /// <summary>Sent again under the same key, which Didit is trusted to remember.</summary>
    Resend,

    /// <summary>Didit is asked first; a session is made only if there is none.</summary>
    LookUpThenCreate,

    /// <summary>Its deadline is over: Didit is asked first; without a session it is answered Expired.</summary>
    LookUpThenExpire,

    /// <summary>Didit has refused it, and is asked again: first for a session, then for a new one.</summary>
    AskAgain,

    /// <summary>Didit was asked and has the session: it would be adopted.</summary>
    Adopt,

    /// <summary>Didit was asked and has no session that could be this one's, or an unfinished one that it hands back.</summary>
    CreateAfterLookUp,

    /// <summary>Rejected: another payload came first under this id.</summary>
    RejectMismatch,

    /// <summary>Rejected: Didit has refused it for good.</summary>
    RejectRefused,

    /// <summary>Rejected, and gone: its deadline is over, and there is no session of it.</summary>
    RejectExpired,

    /// <summary>Rejected: it cannot be read or breaks a rule.</summary>
    RejectInvalid,

    /// <summary>Only a person can decide.</summary>
    Park,

    /// <summary>Another delivery of it is being worked on.</summary>
    InProgress,

    /// <summary>The worker does not consume this type.</summary>
    SkipAgain,

    /// <summary>The record cannot be read, or Didit could not be asked.</summary>
    Unknown,
}

/// <summary>For people.</summary>
internal static class PredictedInWords
{
    /// <summary>Of a look-up for what was parked as ambiguous, while nobody has asked Didit again.</summary>
    public const string Ambiguous = "look up, and be parked again unless Didit's sessions have changed since";

    /// <summary>Follows "a replay would".</summary>
    public static string InWords(this Prediction prediction) => prediction.WasAmbiguous ? Ambiguous : prediction.What.InWords();

    /// <inheritdoc cref="InWords(Prediction)"/>
    public static string InWords(this Predicted what) => what switch
    {
        Predicted.AnswerFromRecord => "be answered from the record",
        Predicted.Create => "create a session",
        Predicted.Resend => "send again under the same key",
        Predicted.LookUpThenCreate => "look up, then create if there is none",
        Predicted.LookUpThenExpire => "look up, then be answered Expired if there is none",
        Predicted.AskAgain => "ask Didit again, which refused it; look up first",
        Predicted.Adopt => "adopt the session that Didit has",
        Predicted.CreateAfterLookUp => "create a session (Didit was asked)",
        Predicted.RejectMismatch => "be rejected: PayloadMismatch",
        Predicted.RejectRefused => "be rejected: RefusedByDidit",
        Predicted.RejectExpired => "be answered Expired: its deadline is over",
        Predicted.RejectInvalid => "be rejected: InvalidMessage",
        Predicted.Park => "be parked again",
        Predicted.InProgress => "wait: still in progress",
        Predicted.SkipAgain => "be skipped again",
        _ => "not be predicted",
    };
}

/// <summary>What a replay of one dead letter would lead to, if it came now.</summary>
/// <param name="What">What comes of it.</param>
/// <param name="Because">Why, for people.</param>
/// <param name="Age">Where the message stands in its window, the record's first attempt counted in.</param>
/// <param name="Memory">What Redis said; null if it was not asked.</param>
public sealed record Prediction(Predicted What, string Because, WindowAge Age, Memory? Memory)
{
    /// <summary>Whether it is to be looked up and was parked as ambiguous before, and Didit has not been asked again.</summary>
    public bool WasAmbiguous { get; init; }

    /// <summary>Why Didit, which was to be asked, did not answer; null otherwise.</summary>
    public ReadFailedException? DiditSaid { get; init; }

    /// <summary>Whether a replay relies on Didit's memory after its window: never where the answer is in the record.</summary>
    public bool IsBeyondTheWindow => Age.State == WindowState.Expired && What != Predicted.AnswerFromRecord;

    /// <summary>Whether the worker may create a session for it.</summary>
    public bool MayCreate =>
        What is Predicted.Create or Predicted.Resend or Predicted.LookUpThenCreate or Predicted.AskAgain or Predicted.CreateAfterLookUp;

    /// <summary>Whether the worker asks Didit for earlier sessions.</summary>
    public bool LooksUp =>
        What is Predicted.LookUpThenCreate or Predicted.LookUpThenExpire or Predicted.AskAgain or Predicted.Adopt
            or Predicted.CreateAfterLookUp;
}
