namespace DiditWorker.Contracts;

/// <summary>The values of <see cref="StartVerification.CallbackMethod"/>.</summary>
public static class CallbackMethods
{
    /// <summary>The device that started the session.</summary>
    public const string Initiator = "initiator";

    /// <summary>The device that completed it.</summary>
    public const string Completer = "completer";

    /// <summary>Both.</summary>
    public const string Both = "both";
}
