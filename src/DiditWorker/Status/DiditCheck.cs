using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Status;

/// <summary>
/// Whether requests to Didit pause or fail. Degraded, not unhealthy: taking the worker out of service would not help, and answers from
/// records go on.
/// </summary>
internal sealed class DiditCheck(DiditPipeline didit, BusinessList business, RetriedMessages retried) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Worst(didit.Creates) ?? Worst(didit.Reads)
            ?? HealthCheckResult.Healthy(business.Note is { } note ? $"no pause; {note}" : "no pause"));

    private HealthCheckResult? Worst(DiditEndpoint endpoint)
    {
        var what = endpoint.Operation == Operation.Create ? "creates" : "look-ups";
        return endpoint switch
        {
            { Gate.Current: { Reason: PauseReasons.Operator or PauseReasons.Budget } pause } => HealthCheckResult.Degraded(
                $"{what} paused since {TimeInWords.Of(pause.Since)} ({pause.Reason}): {pause.Why}; messages that need one wait until "
                    + (pause.Until == DateTimeOffset.MaxValue ? "diditworker resume" : TimeInWords.Of(pause.Until)),
                data: Health.Do(PauseAdvice.For(pause.Reason), pause.Since)),
            { Gate.Current: { } pause } => HealthCheckResult.Degraded(
                $"{what} paused since {TimeInWords.Of(pause.Since)} ({pause.Reason}): {pause.Why}; messages that need one wait, "
                    + $"next probe at {TimeInWords.Of(pause.Until)}",
                data: Health.Do(PauseAdvice.For(pause.Reason), pause.Since)),
            { Trouble: { Only: { } key } trouble } => OfOneMessage(what, trouble, key),
            { Trouble: { } trouble } => HealthCheckResult.Degraded(
                $"{what}: the last {trouble.Count} attempts failed, the latest with: {trouble.Latest}; messages wait and are tried again",
                data: Health.Do(PauseAdvice.For(PauseReasons.CircuitOpen))),
            _ => null,
        };
    }

    // Of a message that is tried alone nobody can say whose fault it is: its own, or Didit's.
    private HealthCheckResult OfOneMessage(string what, FailuresInARow trouble, IdempotencyKey key)
    {
        var named = retried.Find(key) is { } message ? $"message {message.RequestId} (key {key})" : $"the message with key {key}";
        return HealthCheckResult.Degraded(
            $"{what}: the last {trouble.Count} attempts were all of {named} and failed, the latest with: {trouble.Latest}; it is tried "
                + "again, and other messages are not held up",
            data: Health.Do(
                $"look at it: diditworker keys show {key}; once other messages succeed, its failures count and it is parked in the end; if "
                    + "they fail as well, look at Didit's status page and at the network to Didit:BaseAddress"));
    }
}
