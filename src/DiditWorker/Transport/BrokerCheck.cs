using DiditWorker.Hosting;
using DiditWorker.Status;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Transport;

/// <summary>Whether the bus is connected. MassTransit calls it degraded when it has lost its broker, although nothing can be taken and nothing answered then.</summary>
internal sealed class BrokerCheck(IBusControl bus, WorkerSettings settings) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = bus.CheckHealth();
        return Task.FromResult(health.Status == BusHealthStatus.Healthy
            ? HealthCheckResult.Healthy("connected")
            : HealthCheckResult.Unhealthy(
                $"not connected ({health.Description}); no message is taken{Health.Certificates(settings.RabbitMqCertificates)}",
                data: Health.Do("check ConnectionStrings:RabbitMq, the broker and the network to it; the worker reconnects by itself")));
    }
}
