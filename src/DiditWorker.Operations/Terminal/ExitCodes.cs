namespace DiditWorker.Operations.Terminal;

/// <summary>What the commands end with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int SomeFailed = 1;
    public const int WrongUsage = 2;
    public const int NothingMatched = 3;

    /// <summary>Broker, Redis, or Didit where it is asked, cannot be reached (sysexits.h: EX_UNAVAILABLE).</summary>
    public const int Unreachable = 69;

    /// <summary>A server does not let this user do it (sysexits.h: EX_NOPERM).</summary>
    public const int NoRight = 77;

    /// <summary>sysexits.h: EX_CONFIG.</summary>
    public const int WrongConfiguration = 78;

    /// <summary>All of them, for the help.</summary>
    public const string InWords =
        "0 done, 1 some failed, 2 wrong usage, 3 nothing matched, 69 broker, Redis or Didit unreachable, 77 no right to do it, "
            + "78 wrong configuration";
}

/// <summary>Ends a command: the text is for the operator and says what to do.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
