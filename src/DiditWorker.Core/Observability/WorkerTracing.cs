using System.Diagnostics;

namespace DiditWorker.Observability;

/// <summary>
/// The worker's own spans, beside those of MassTransit and of the HTTP client. They carry ids and keys, but no contents of messages, no
/// vendorData, no session URL.
/// </summary>
public static class WorkerTracing
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "DiditWorker";

    /// <summary>Attribute: one of <see cref="DeliveryOutcomes"/>.</summary>
    public const string Outcome = "diditworker.outcome";

    /// <summary>Attribute: how often Didit was tried.</summary>
    public const string Attempts = "diditworker.attempts";

    /// <summary>The source.</summary>
    public static ActivitySource Source { get; } = new(SourceName);
}
