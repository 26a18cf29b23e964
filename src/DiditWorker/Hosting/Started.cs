using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Status;
using DiditWorker.Verification;

namespace DiditWorker.Hosting;

/// <summary>The line that a worker begins with: which it is, what it takes from where, and where it listens.</summary>
internal static partial class Started
{
    /// <summary>Logs it as soon as the worker listens.</summary>
    public static void LogWhenListening(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(() => app.Logger.LogStart(app.Services, app.Urls));

    /// <summary>Logs it.</summary>
    /// <param name="logger">Told.</param>
    /// <param name="services">The worker.</param>
    /// <param name="urls">Where it listens.</param>
    internal static void LogStart(this ILogger logger, IServiceProvider services, IEnumerable<string> urls)
    {
        var broker = services.GetRequiredService<BrokerAccess>().Address;
        var redis = RedisConnection.Hosts(services.GetRequiredService<RedisOptions>().Connection.Current!.Reveal());
        var queue = services.GetRequiredService<StartVerificationOptions>().Queue;
        Log.Started(
            logger, StatusReporter.Version, OwnerToken.Worker,
            $"queue {queue} in virtual host {broker.VirtualHost} of RabbitMQ at {broker}", redis,
            services.GetRequiredService<DiditOptions>().BaseAddress.GetLeftPart(UriPartial.Authority), string.Join(", ", urls));
    }

    private static partial class Log
    {
        [LoggerMessage(
            10, LogLevel.Information,
            "DiditWorker {Version}, worker {Worker}: messages from {Source}, records in Redis at {Redis}, sessions from {Didit}, "
                + "HTTP on {Urls}")]
        public static partial void Started(
            ILogger logger, string version, string worker, string source, string redis, string didit, string urls);
    }
}
