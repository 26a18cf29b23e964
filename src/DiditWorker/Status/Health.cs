using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Secrets;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Status;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: each part, since when it is so, and what to do.</summary>
internal static class Health
{
    // Not "ready", which MassTransit's own check has.
    private const string Part = "part";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<RedisProbe>().AddSingleton<RedisCheck>().AddHealthChecks()
            .AddCheck<BrokerCheck>("broker", tags: [Part])
            .AddCheck<RedisCheck>("redis", tags: [Part], timeout: MaxDelay)
            .AddCheck<DiditCheck>("didit", tags: [Part]);
        services.AddSingleton<HealthHistory>()
            .AddSingleton<IHealthCheckPublisher>(provider => provider.GetRequiredService<HealthHistory>());
        services.Configure<HealthCheckPublisherOptions>(options =>
            (options.Delay, options.Period, options.Timeout, options.Predicate) = (TimeSpan.Zero, Period, MaxDelay, IsReadiness));
    }

    public static void MapHealth(this WebApplication app)
    {
        var history = app.Services.GetRequiredService<HealthHistory>();
        app.MapHealthChecks("/health/live", new HealthCheckOptions
        {
            Predicate = _ => false,
            ResponseWriter = (http, _) => WriteAsync(http, new("Healthy", new Dictionary<string, PartStatus>(StringComparer.Ordinal))),
        });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = IsReadiness, ResponseWriter = (http, report) => WriteAsync(http, history.Note(report)),
        });
    }

    private static bool IsReadiness(HealthCheckRegistration check) => check.Tags.Contains(Part);

    private static Task WriteAsync(HttpContext http, HealthStatus health)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(JsonSerializer.Serialize(health, HealthJson.Default.HealthStatus));
    }

    /// <summary>What a check adds to its result: what to do, and since when it is so.</summary>
    internal static Dictionary<string, object> Do(string action, DateTimeOffset? since = null)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { [HealthHistory.Action] = action };
        if (since is { } known)
        {
            data[HealthHistory.Since] = known;
        }

        return data;
    }

    /// <summary>What is wrong with certificates, to follow another text.</summary>
    internal static string Certificates(PeerCertificates certificates) =>
        string.Concat(certificates.Problems.Select(problem => "; " + problem));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthStatus))]
internal sealed partial class HealthJson : JsonSerializerContext;
