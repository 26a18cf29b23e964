using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>The end of a command that asked Didit in vain.</summary>
internal static class DiditSilence
{
    /// <summary>Says what was asked for and what came.</summary>
    /// <param name="failure">The last one.</param>
    /// <param name="asked">What was asked for.</param>
    public static CommandException For(ReadFailedException failure, string asked) => failure.Status is 401 or 403
        ? new(ExitCodes.NoRight, $"Didit refuses the key for {asked} ({failure.Message}). Check Didit:ApiKey and Didit:BaseAddress; "
            + "nothing was changed.")
        : new(ExitCodes.SomeFailed, $"Didit did not answer for {asked} ({failure.Message}). Nothing was changed; ask again later.");
}
