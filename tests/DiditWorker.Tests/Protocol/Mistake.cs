namespace DiditWorker.Tests.Protocol;

/// <summary>
/// What can be planted in the model. The numbers are those of the list of others' mistakes that the tests' README repeats.
/// </summary>
internal enum Mistake
{
    None,

    /// <summary>1: a live lease is taken for an orphan's.</summary>
    LeaseIgnored,

    /// <summary>8: the claim reads first and writes later.</summary>
    GetThenSet,

    /// <summary>2: a completion overwrites an answer that is there.</summary>
    CompleteOverwrites,

    /// <summary>3: a completion does not ask who owns the key.</summary>
    UnfencedComplete,

    /// <summary>3: giving back does not ask who owns the key.</summary>
    UnfencedRelease,

    /// <summary>3: a request is sent although the lease is over.</summary>
    LeaseNotKept,

    /// <summary>4: a lease that is over counts as one that is held.</summary>
    LeaseNeverOver,

    /// <summary>5: the fingerprint is gone once there is an answer.</summary>
    FingerprintLost,

    /// <summary>5: the record is answered from before the fingerprint is looked at.</summary>
    AnsweredBeforeFingerprint,

    /// <summary>6: the same payload in another notation has another fingerprint.</summary>
    RawBytesHashed,

    /// <summary>7: the record is deleted when a request that was sent times out.</summary>
    ForgottenOnTimeout,

    /// <summary>7: a time-out is stored as the final answer.</summary>
    TimeoutStoredAsRefusal,

    /// <summary>8: value and TTL are set in two steps.</summary>
    TtlInASecondStep,

    /// <summary>9: the key comes from a message id that was replaced on the way.</summary>
    KeyFromReplacedId,

    /// <summary>10: the age of the message is not looked at.</summary>
    AgeIgnored,

    /// <summary>12: leases are compared with the clock of a host that is ahead.</summary>
    ClockOfTheHost,

    /// <summary>13: what is in progress is acknowledged as a duplicate.</summary>
    InProgressAcked,

    /// <summary>15: a replayed dead letter looks as if it were published now for the first time.</summary>
    ReplayLooksFresh,

    /// <summary>No look-up where an earlier attempt is possible.</summary>
    NoLookUp,

    /// <summary>The look-up does not wait for Didit's list.</summary>
    LookUpTooSoon,

    /// <summary>The time of the delivery's own last request hides that another one came later.</summary>
    OwnSendHidesALaterOne,

    /// <summary>The time in the record hides that a delivery, of which Redis knows nothing, came later.</summary>
    RecordHidesALaterOne,

    /// <summary>The record is written after the request instead of before.</summary>
    RecordAfterSend,

    /// <summary>
    /// The delivery does not remember that it has sent something, and takes the record that it gave back for no sign either.
    /// </summary>
    GivenBackIsFresh,

    /// <summary>A release of what was not sent deletes an earlier owner's attempt.</summary>
    ForgetDeletesEarlier,

    /// <summary>The redelivered flag is not looked at.</summary>
    RedeliveryIgnored,

    /// <summary>That this very delivery sent something is forgotten when it asks again.</summary>
    OwnAttemptForgotten,

    /// <summary>Every answer has a message id of its own.</summary>
    RandomAnswerId,

    /// <summary>An answer of which the record knows nothing is published.</summary>
    PublishedAlthoughFenced,

    /// <summary>An owner that claims again, since the reply was lost, takes its lease to begin again, but Redis goes on counting.</summary>
    LeaseBelievedLonger,

    /// <summary>An owner counts its lease from when the reply came instead of from before it asked.</summary>
    LeaseCountedFromReply,

    /// <summary>That Redis lost everything is not looked at.</summary>
    HorizonIgnored,

    /// <summary>A look-up does not wait for what Redis may have forgotten a moment ago.</summary>
    HorizonNotWaitedFor,

    /// <summary>A delivery that has waited for the next try does not remember it, and waits by the clock alone.</summary>
    WaitForgotten,

    /// <summary>A look-up counts sessions that a person has excluded.</summary>
    ExclusionIgnored,

    /// <summary>A session that has no URL yet is taken for one that Didit hands back.</summary>
    UrlNotWaitedFor,

    /// <summary>
    /// A create that is cut short, by the network or since its delivery was cancelled, counts as over before its time-out.
    /// </summary>
    CreateGivenUpEarly,

    /// <summary>A deadline is looked at when a message is decided, and not again before it is sent.</summary>
    DeadlineCheckedOnce,

    /// <summary>What is past its deadline is answered Expired without a look at what an earlier attempt made.</summary>
    ExpiredWithoutLookUp,

    /// <summary>Acknowledged first, answered later.</summary>
    AckBeforePublish,
}
