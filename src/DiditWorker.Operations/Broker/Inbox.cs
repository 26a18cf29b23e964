namespace DiditWorker.Operations.Broker;

/// <summary>Where publishers publish.</summary>
internal static class Inbox
{
    /// <summary>MassTransit's name for the message type: an exchange.</summary>
    public const string Exchange = "DiditWorker.Contracts:StartVerification";
}
