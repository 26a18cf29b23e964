using System.Diagnostics;
using DiditWorker.Didit;
using DiditWorker.Messaging;
using DiditWorker.Observability;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;
using Microsoft.Extensions.Options;

namespace DiditWorker.Hosting;

/// <summary>Everything but the transport: the same for the service, the demo and the tests.</summary>
public static class WorkerServices
{
    /// <summary>Adds the worker. With wrong settings a host is not built: <see cref="InvalidConfigurationException"/>.</summary>
    public static IServiceCollection AddDiditWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddUnchecked(configuration).RequireApiKey();

        // A host asks for this when it is built, which is when all settings are checked. What is running may finish: it is bounded by the
        // total time-out, and the answer must still be stored and published.
        services.AddOptions<HostOptions>().Configure<IServiceProvider>((host, provider) =>
        {
            provider.Check();
            host.ShutdownTimeout = provider.GetRequiredService<DiditOptions>().TotalTimeout + TimeSpan.FromSeconds(15);
        });
        return services;
    }

    /// <summary>
    /// Adds what an operator's command may need. Whoever takes wrong options gets an <see cref="OptionsValidationException"/>; what no
    /// command asks for may be wrong or missing.
    /// </summary>
    internal static IServiceCollection AddUnchecked(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWorkerOptions(configuration).AddWithoutOptions();

    private static IServiceCollection AddWithoutOptions(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System).AddMetrics().AddSingleton<WorkerMetrics>().AddSingleton<RecentActivity>();
        services.AddSingleton(provider => provider.GetRequiredService<RecentActivity>().Retried);
        services.AddIdempotency().AddDidit();
        services.AddSingleton<PauseOrders>().AddSingleton<Reconciliations>().AddHostedService<SecretWatch>().AddHostedService<PauseWatch>();
        services.AddSingleton<RecordSteps>().AddSingleton<DiditSteps>().AddSingleton(Flow).AddSingleton<DeliveryReporter>()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<DeadLetterCounts>(
                provider, provider.GetRequiredService<DiditOptions>().WindowMargin));
        return services.AddSingleton<BrokerFindings>();
    }

    private static VerificationFlow Flow(IServiceProvider provider)
    {
        var (didit, idempotency) = (provider.GetRequiredService<DiditOptions>(), provider.GetRequiredService<IdempotencyOptions>());
        var (time, limits) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<StartVerificationOptions>());
        var stopping = provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        Hold NewHold() => new(time, limits.MaximumHold, stopping);
        return ActivatorUtilities.CreateInstance<VerificationFlow>(provider, didit.ProtocolSettings(idempotency), (Func<Hold>)NewHold);
    }

    private static IServiceCollection AddIdempotency(this IServiceCollection services) => services
        .AddSingleton<RedisTrouble>().AddSingleton<UnreadableRecords>().AddSingleton<Horizon>().AddSingleton<ExcludedSessions>()
        .AddSingleton(provider =>
        {
            // Asked for when it connects: not every command does.
            RedisOptions Options() => provider.GetRequiredService<RedisOptions>();
            return new RedisConnection(
                () => Options().Connection.Current!.Reveal(), host => Options().Certificates.For(host),
                provider.GetRequiredService<TimeProvider>());
        })
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<IdempotencyStore>(
            provider, provider.GetRequiredService<DiditOptions>().IdempotencyWindow));

    private static void AddDidit(this IServiceCollection services)
    {
        services.AddHttpClient<DiditClient>(http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                // A redirect would carry the key to wherever it points, or lose it on the way.
                AllowAutoRedirect = false,
                UseCookies = false,

                // Spans yes, but their ids are nothing to tell a third party.
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
                ConnectTimeout = provider.GetRequiredService<DiditOptions>().AttemptTimeout,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)

            // They log addresses, and a look-up's address holds vendor_data.
            .RemoveAllLoggers();
        services.AddKeyedSingleton("creates", (provider, _) => Limiter(provider, "creates", didit => didit.RequestsPerMinute));
        services.AddKeyedSingleton("reads", (provider, _) => Limiter(provider, "reads", didit => didit.LookupsPerMinute));
        services.AddSingleton<WorkflowVersions>().AddSingleton<BusinessList>().AddSingleton<SessionList>().AddSingleton<LookUp>();
        services.AddSingleton(provider =>
        {
            var creates = New(provider, Operation.Create);
            return new DiditPipeline(
                provider.GetRequiredService<DiditOptions>(), creates, New(provider, Operation.Read),
                provider.GetRequiredKeyedService<RedisRateLimiter>("creates"), provider.GetRequiredKeyedService<RedisRateLimiter>("reads"),
                provider.GetRequiredService<WorkerMetrics>(), provider.GetRequiredService<TimeProvider>())
            {
                Budget = Budget(provider, creates.Gate), Adaptive = Adaptive(provider),
            };
        });

        static DiditEndpoint New(IServiceProvider provider, Operation operation) =>
            ActivatorUtilities.CreateInstance<DiditEndpoint>(provider, operation);
    }

    private static AdaptiveRate? Adaptive(IServiceProvider provider)
    {
        if (!provider.GetRequiredService<DiditOptions>().RequestsPerMinute.IsAuto)
        {
            return null;
        }

        var limiter = provider.GetRequiredKeyedService<RedisRateLimiter>("creates");
        limiter.Adapts = true;
        return ActivatorUtilities.CreateInstance<AdaptiveRate>(provider, limiter, DiditPipeline.UsedShare);
    }

    private static CreateBudget? Budget(IServiceProvider provider, Gate gate)
    {
        if (provider.GetRequiredService<DiditOptions>().CreatesPerDay is not { } perDay)
        {
            return null;
        }

        var count = ActivatorUtilities.CreateInstance<CreateCount>(
            provider, provider.GetRequiredService<IdempotencyOptions>().KeyPrefix + "{creates}", perDay);
        provider.GetRequiredService<WorkerMetrics>().ObserveBudget(perDay, () => count.Latest.Used);
        return ActivatorUtilities.CreateInstance<CreateBudget>(provider, count, gate);
    }

    private static RedisRateLimiter Limiter(IServiceProvider provider, string what, Func<DiditOptions, int> perMinute)
    {
        var didit = provider.GetRequiredService<DiditOptions>();
        var limiter = ActivatorUtilities.CreateInstance<RedisRateLimiter>(
            provider, $"{provider.GetRequiredService<IdempotencyOptions>().KeyPrefix}{{ratelimit}}:{what}",
            perMinute(didit) * DiditPipeline.UsedShare,
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        limiter.AgeingPercent = didit.AgeingPercent;
        return limiter;
    }
}
