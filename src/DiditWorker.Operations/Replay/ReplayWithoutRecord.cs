using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Replay;

/// <summary>What a replay of a message without a record relies on: the settings decide it.</summary>
public static class ReplayWithoutRecord
{
    /// <summary>A sentence for people.</summary>
    public static string InWords(DiditOptions didit) => didit.LookupBeforeResend switch
    {
        LookupBeforeResend.Always => "A replay looks at Didit for its session first, and adopts it if it is there.",
        LookupBeforeResend.OutsideWindow =>
            "A replay inside the window is sent under the same key, which Didit is trusted to remember (Didit:LookupBeforeResend is "
                + "OutsideWindow); outside it, it looks at Didit first.",
        _ => "A replay inside the window is sent under the same key, which Didit is trusted to remember (Didit:LookupBeforeResend is "
            + "Never); outside it, it is parked.",
    };
}
