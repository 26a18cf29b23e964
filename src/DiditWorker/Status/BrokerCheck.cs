using DiditWorker.Operations.Broker;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Status;

/// <summary>
/// Whether the bus is connected. MassTransit calls it degraded when it has lost its broker, although nothing can be taken and nothing
/// answered then.
/// </summary>
internal sealed class BrokerCheck(IBusControl bus, BrokerAccess access, BrokerFindings findings) : IHealthCheck
{
    private const string Check = "check ConnectionStrings:RabbitMq, the broker and the network to it; the worker reconnects by itself";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Result(bus.CheckHealth(), findings.Current));

    private HealthCheckResult Result(BusHealthResult health, IReadOnlyList<BrokerFinding> found)
    {
        if (health.Status != BusHealthStatus.Healthy)
        {
            var why = findings.Interruption is { } words ? $"{health.Description}; {words}" : health.Description;
            return HealthCheckResult.Unhealthy(
                $"not connected ({why}); no message is taken{Health.Certificates(access.Certificates)}",
                data: Health.Do(RefusedRight.ActionFor(why) ?? Check));
        }

        findings.Interruption = null;
        return found.Count == 0
            ? HealthCheckResult.Healthy("connected")
            : HealthCheckResult.Degraded(
                "connected, but " + string.Join("; ", found.Select(finding => finding.What)),
                data: Health.Do(string.Join("; ", found.Select(finding => finding.Action))));
    }
}
