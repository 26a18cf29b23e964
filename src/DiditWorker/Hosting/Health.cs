using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Idempotency;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Hosting;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: each part, and what is wrong with it.</summary>
internal static class Health
{
    private const string Ready = "ready";

    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<RedisCheck>("redis", tags: [Ready])
        .AddCheck<DiditCheck>("didit", tags: [Ready]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    // MassTransit's own check is named after the bus; people look for "broker".
    private static string PartName(string check) => check.StartsWith("masstransit", StringComparison.Ordinal) ? "broker" : check;

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            status = report.Status.ToString(),
            parts = report.Entries.ToDictionary(
                entry => PartName(entry.Key),
                entry => new { status = entry.Value.Status.ToString(), description = entry.Value.Description },
                StringComparer.Ordinal),
        }));
    }

    private sealed class RedisCheck(RedisConnection redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await redis.PingAsync();
                var warnings = await RedisChecks.RunAsync(redis);
                return warnings.Count == 0 ? HealthCheckResult.Healthy("answers") : HealthCheckResult.Degraded(string.Join("; ", warnings));
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
            {
                return HealthCheckResult.Unhealthy($"does not answer ({exception.GetType().Name}); messages wait; check ConnectionStrings:Redis and the server");
            }
        }
    }

    // Degraded, not unhealthy: taking the worker out of service would not help, and answers from records go on.
    private sealed class DiditCheck(Availability availability) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(availability switch
            {
                { Current: { } pause } => HealthCheckResult.Degraded(
                    $"paused since {pause.Since:O} ({pause.Reason}): {pause.Why}; messages wait, next probe at {pause.Until:O}"),
                { Trouble: { } trouble } => HealthCheckResult.Degraded($"{trouble}; messages wait and are tried again"),
                _ => HealthCheckResult.Healthy("no pause"),
            });
    }
}
