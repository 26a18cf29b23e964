using DiditWorker.Didit;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Status;

/// <summary>
/// Whether Redis answers, takes records and shares the rate, what of its settings would lose records, and whether it remembers long enough.
/// It is asked once in two seconds, however many ask this: whoever reaches the port must not be able to keep Redis busy.
/// </summary>
internal sealed class RedisCheck(
    RedisProbe redis, UnreadableRecords unreadable, Horizon horizon, WorkerSecrets secrets, DiditOptions didit, TimeProvider time)
        : IHealthCheck
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _latest;
    private long _begun;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_latest is null || (_latest.IsCompleted && time.GetElapsedTime(_begun) >= Fresh))
            {
                _begun = time.GetTimestamp();
                _latest = LookAsync();
            }

            return _latest.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> LookAsync()
    {
        try
        {
            await redis.PingAsync();
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return RedisRefusal.Of(exception) is { } refusal ? Refuses(refusal.Words, refusal.Action) : HealthCheckResult.Unhealthy(
                $"does not answer ({exception.GetType().Name}); messages wait{Health.Certificates(secrets.RedisCertificates)}",
                data: Health.Do("check ConnectionStrings:Redis, the server and the network to it; the worker reconnects by itself"));
        }

        try
        {
            return Working([.. await redis.TryAsync()], await horizon.SampleAsync());
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            var refusal = RedisRefusal.Of(exception);
            return Refuses(
                refusal?.Words ?? exception.GetType().Name,
                refusal?.Action ?? "check the server and the network to it; the worker reconnects by itself");
        }
    }

    // No fault: it costs a look-up for each create, and passes.
    private string Note(HorizonReading reading)
    {
        var period = didit.IdempotencyWindow + didit.WindowMargin;
        return reading.GuardedUntil(period) is null ? ""
            : $"; it remembers since {HorizonReading.Text(reading.Since)}: {reading.InWords(period, didit.LookupBeforeResend)} (keys "
                + "horizon)";
    }

    private static HealthCheckResult Refuses(string words, string action) =>
        HealthCheckResult.Unhealthy(
            $"takes no records ({words}); messages wait, and each replica keeps to its share of the rate by itself",
            data: Health.Do(action));

    private HealthCheckResult Working(List<string> found, HorizonReading reading)
    {
        var actions = new List<string>();
        if (found.Count > 0)
        {
            actions.Add("change the settings named; restarting the worker does not help");
        }

        if (redis.RateTrouble is { } trouble)
        {
            found.Add($"the rate is not shared ({RedisRefusal.InWords(trouble)}): each replica keeps to its share by itself");
            actions.Add(RedisRefusal.Of(trouble)?.Action ?? "check the server and the network to it");
        }

        if (unreadable.Count() is > 0 and var count)
        {
            found.Add($"{count} messages wait, since their records cannot be read");
            actions.Add(
                "the log names the keys (event 104): update the workers, give them the right key file, or look at them with keys show");
        }

        var note = Note(reading);
        return found.Count == 0
            ? HealthCheckResult.Healthy("answers and takes records" + note)
            : HealthCheckResult.Degraded(string.Join("; ", found) + note, data: Health.Do(string.Join("; ", actions)));
    }
}
