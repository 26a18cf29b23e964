using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// What the scripts of <c>Redis/Scripts</c> do to a record, each one step. The shared transition table is run against this and against
/// the real servers.
/// </summary>
internal static class ModelStore
{
    /// <summary>
    /// What a claim comes to: the record afterwards, whether it is the caller's now, and what the caller learns of before.
    /// </summary>
    public readonly record struct Claimed(ModelRecord? After, bool Owned, ModelRecord? Told);

    public static Claimed Claim(ModelRecord? before, int fingerprint, int owner, int era, int lease, Mistake planted = Mistake.None,
        bool asksAgain = false)
    {
        if (before is null)
        {
            return new(Fresh(fingerprint, owner, era, lease) with { HasTtl = planted != Mistake.TtlInASecondStep }, Owned: true,
                Told: null);
        }

        if (before.State == RecordState.Refused && before.Fingerprint == fingerprint && asksAgain)
        {
            return new(Fresh(fingerprint, owner, before.First, lease) with { Attempts = 2 }, Owned: true, before);
        }

        if (before.State != RecordState.InProgress || before.Fingerprint != fingerprint)
        {
            return new(before, Owned: false, before);
        }

        var looksLive = planted switch
        {
            Mistake.LeaseIgnored => false,
            Mistake.LeaseNeverOver => true,
            Mistake.ClockOfTheHost => before.Live && owner % 2 == 0,
            _ => before.Live,
        };
        if (looksLive)
        {
            // Its own claim, whose reply was lost: the lease begins again, and a first claim is as fresh as before.
            var renewed = planted == Mistake.LeaseBelievedLonger ? before : before with { Lease = lease, Recent = true };
            return before.Owner == owner
                ? new(renewed, Owned: true, before.Attempts <= 1 ? null : before)
                : new(before, Owned: false, before);
        }

        var after = Fresh(fingerprint, owner, before.First, lease) with
        { Attempts = before.Attempts + 1, NotDueAfter = before.NotDueAfter };
        var takenForOwnClaim = planted == Mistake.GivenBackIsFresh && before.Owner == owner && before.Attempts <= 1;
        return new(after, Owned: true, takenForOwnClaim ? null : before);
    }

    public static bool IsOwner(ModelRecord? record, int owner) => record is { State: RecordState.InProgress } && record.Owner == owner;

    public static (ModelRecord? After, bool Kept) Renew(ModelRecord? before, int owner, int lease) =>
        IsOwner(before, owner) ? (before! with { Lease = lease, Recent = true }, true) : (before, false);

    public static (ModelRecord? After, bool Written) Complete(
        ModelRecord? before, RecordState state, int fingerprint, int owner, int first, Payload? payload, Mistake planted = Mistake.None)
    {
        // Nothing reads the latest attempt and the attempts of an answered record.
        var written = new ModelRecord(state, fingerprint, owner, Lease: 0, Recent: false, before?.First ?? first, Attempts: 1)
        {
            Payload = payload,
        };
        if (planted == Mistake.FingerprintLost)
        {
            written = written with { Fingerprint = -1 };
        }

        if (before is null)
        {
            return (written, true);
        }

        // A completion whose reply was lost finds its own answer there.
        var allowed = before.State != RecordState.InProgress
            ? planted == Mistake.CompleteOverwrites
            : before.Owner == owner || planted == Mistake.UnfencedComplete;
        return allowed ? (written, true) : (before, before.State != RecordState.InProgress && before.Owner == owner);
    }

    public static (ModelRecord? After, bool Released) GiveBack(
        ModelRecord? before, int owner, ReleaseMode how, int? notDueAfter = null, Mistake planted = Mistake.None)
    {
        if (before is not { State: RecordState.InProgress } || (before.Owner != owner && planted != Mistake.UnfencedRelease))
        {
            return (before, false);
        }

        if (how == ReleaseMode.Forget && (before.Attempts <= 1 || planted == Mistake.ForgetDeletesEarlier))
        {
            return (null, true);
        }

        var attempts = how switch
        {
            ReleaseMode.Reset => 1,
            ReleaseMode.Keep => before.Attempts,
            _ => Math.Max(1, before.Attempts - 1),
        };
        return (before with
        {
            Lease = 0,
            Recent = before.Recent || how != ReleaseMode.Forget,
            Attempts = attempts,
            NotDueAfter = notDueAfter
                ?? before.NotDueAfter,
        }, true);
    }

    private static ModelRecord Fresh(int fingerprint, int owner, int first, int lease) =>
        new(RecordState.InProgress, fingerprint, owner, lease, Recent: true, first, Attempts: 1);
}
