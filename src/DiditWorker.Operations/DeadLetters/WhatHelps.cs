using DiditWorker.Contracts;
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
        RejectionCodes.RefusedByDidit => "mend it at Didit; keys release; replay",
        RejectionCodes.AmbiguousSession => "show --look-up; keys adopt; replay",
        RejectionCodes.AttemptsExhausted => "show; replay",
        DeadLetterGroups.Skipped => "whoever sent it; discard",
        DeadLetterGroups.DeliveryLimit => "replay",
        _ => "replay after an update",
    };
}
