using System.Diagnostics;
using DiditWorker.Didit;
using DiditWorker.Messaging;
using DiditWorker.Observability;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using DiditWorker.Verification;

namespace DiditWorker.Hosting;

/// <summary>Everything but the transport: the same for the service, the demo and the tests.</summary>
public static class WorkerServices
{
    /// <summary>Adds the worker.</summary>
    public static IServiceCollection AddDiditWorker(this IServiceCollection services, WorkerSettings settings)
    {
        services.AddSingleton(settings.Didit).AddSingleton(settings.Idempotency).AddSingleton(settings.StartVerification);
        services.AddSingleton(settings.Broker);
        services.AddSingleton(new WorkerSecrets(settings.RabbitMqCertificates, settings.RedisCertificates, settings.SecretFiles));
        services.AddSingleton(TimeProvider.System).AddMetrics().AddSingleton<WorkerMetrics>().AddSingleton<RecentActivity>();
        services.AddIdempotency(settings).AddDidit(settings.Didit, settings.Idempotency.KeyPrefix);
        services.AddHostedService<SecretWatch>();
        services.AddSingleton<RecordSteps>().AddSingleton<DiditSteps>().AddSingleton(Flow).AddSingleton<DeliveryReporter>()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<DeadLetterCounts>(provider, settings.Didit.WindowMargin));
        services.AddSingleton<BrokerFindings>();

        // What is running may finish: it is bounded by the total time-out, and the answer must still be stored and published.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Didit.TotalTimeout + TimeSpan.FromSeconds(15));
        return services;
    }

    private static VerificationFlow Flow(IServiceProvider provider)
    {
        var (didit, idempotency) = (provider.GetRequiredService<DiditOptions>(), provider.GetRequiredService<IdempotencyOptions>());
        var (time, limits) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<StartVerificationOptions>());
        var stopping = provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        Hold NewHold() => new(time, limits.MaximumHold, stopping);
        return ActivatorUtilities.CreateInstance<VerificationFlow>(provider, didit.ProtocolSettings(idempotency), (Func<Hold>)NewHold);
    }

    private static IServiceCollection AddIdempotency(this IServiceCollection services, WorkerSettings settings) => services
        .AddSingleton<RedisTrouble>().AddSingleton<UnreadableRecords>().AddSingleton<Horizon>()
        .AddSingleton(
            provider => new RedisConnection(
            () => settings.Redis, settings.RedisCertificates.For, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(
            new AnswerCipher(settings.EncryptionKeys is { } keys ? () => keys.Current : null, settings.Idempotency.UnencryptedAnswers))
        .AddSingleton(provider => new IdempotencyStore(
            provider.GetRequiredService<RedisConnection>(), settings.Idempotency, settings.Didit.IdempotencyWindow,
            provider.GetRequiredService<AnswerCipher>(), provider.GetRequiredService<WorkerMetrics>()));

    private static void AddDidit(this IServiceCollection services, DiditOptions options, string keyPrefix)
    {
        services.AddHttpClient<DiditClient>(http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect would carry the key to wherever it points, or lose it on the way.
                AllowAutoRedirect = false,
                UseCookies = false,

                // Spans yes, but their ids are nothing to tell a third party.
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
                ConnectTimeout = options.AttemptTimeout,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)

            // They log addresses, and a look-up's address holds vendor_data.
            .RemoveAllLoggers();
        services.AddKeyedSingleton(
            "creates", (provider, _) => Limiter(provider, $"{keyPrefix}{{ratelimit}}:creates", options.RequestsPerMinute));
        services.AddKeyedSingleton(
            "reads", (provider, _) => Limiter(provider, $"{keyPrefix}{{ratelimit}}:reads", options.LookupsPerMinute));
        services.AddSingleton<WorkflowVersions>().AddSingleton<BusinessList>().AddSingleton<SessionList>().AddSingleton<LookUp>();
        services.AddSingleton(provider => new DiditPipeline(
            options, New(provider, Operation.Create), New(provider, Operation.Read),
            provider.GetRequiredKeyedService<RedisRateLimiter>("creates"), provider.GetRequiredKeyedService<RedisRateLimiter>("reads"),
            provider.GetRequiredService<WorkerMetrics>(), provider.GetRequiredService<TimeProvider>()));

        DiditEndpoint New(IServiceProvider provider, Operation operation) =>
            new(operation, options, provider.GetRequiredService<TimeProvider>());
    }

    // A little below the limit: requests do not travel equally fast, and two that arrive closer than they left must not be one too many.
    // TimeLine shows that this suffices for any rate.
    private static RedisRateLimiter Limiter(IServiceProvider provider, string redisKey, int perMinute) => new(
        provider.GetRequiredService<RedisConnection>(), redisKey, perMinute * 0.985, provider.GetRequiredService<WorkerMetrics>(),
        provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
}
