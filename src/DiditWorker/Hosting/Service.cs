using DiditWorker.Messaging;
using DiditWorker.Observability;
using DiditWorker.Operations.Probe;
using DiditWorker.Operations.Terminal;
using DiditWorker.Status;
using OpenTelemetry.Metrics;

namespace DiditWorker.Hosting;

/// <summary>The service: <c>diditworker</c> without a command.</summary>
internal static partial class Service
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <returns>0; 78 if the configuration is wrong, with every fault on standard error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        // appsettings.json lies beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        WorkerSettings settings;
        try
        {
            settings = WorkerSettings.From(builder.Configuration);
        }
        catch (InvalidConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.WrongConfiguration;
        }

        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls("http://+:8080");
        }

        builder.Services.AddDiditWorker(settings);
        builder.Services.AddRabbitMqTransport();
        builder.Services.AddHealth();
        builder.Services.AddHostedService<RedisAdvice>();
        builder.Services.AddSingleton<QueueWatch>().AddHostedService(provider => provider.GetRequiredService<QueueWatch>());
        builder.Services.AddSingleton<QueueGauges>().AddSingleton<StatusReporter>();
        builder.AddHttpLimits();
        builder.AddConsoleLog();
        builder.AddTelemetry();
        await using var app = builder.Build();
        BeginMetrics(app.Services);
        if (RabbitMqTransport.Problem(app.Services) is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return ExitCodes.WrongConfiguration;
        }

        app.UseSecurityHeaders();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapStatusPage(settings.Status, app.Services.GetRequiredService<StatusReporter>().Read);
        Warn(settings, app);
        await RunAsync(app);
        return 0;
    }

    private static void Warn(WorkerSettings settings, WebApplication app)
    {
        if (settings.EncryptionKeys is null)
        {
            Log.NotEncrypted(app.Logger);
        }

        foreach (var (setting, remedy) in app.Environment.IsDevelopment() ? [] : PlainTransport.Find(settings))
        {
            Log.Plain(app.Logger, setting, remedy);
        }

        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var warning in settings.ProbeReport is { } report ? ReportCheck.Compare(report, settings.Didit, now) : [])
        {
            Log.TrustsMore(app.Logger, warning);
        }
    }

    // Whatever shows something must be there before the first scrape, not from the first message on; and what counts before the exporter is
    // there is lost.
    private static void BeginMetrics(IServiceProvider services)
    {
        services.GetRequiredService<MeterProvider>();
        services.GetRequiredService<WorkerMetrics>().Begin();
        services.GetRequiredService<QueueGauges>();
        services.GetRequiredService<DeliveryReporter>();
        services.GetRequiredService<StatusReporter>();
    }

    /// <summary>Until it is told to stop, be it while it is still starting.</summary>
    internal static async Task RunAsync(WebApplication app)
    {
        // Taken now: the run disposes the services.
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop while it was starting, as in a rollout that is taken back: nothing was taken, so nothing is lost.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "Idempotency:EncryptionKeyFile is not set: stored answers, which hold session URLs, are not encrypted in Redis")]
        public static partial void NotEncrypted(ILogger logger);

        [LoggerMessage(
            9, LogLevel.Warning,
            "{Setting} leads to another machine without TLS: whoever is on the way reads and changes what is sent, secrets included; "
                + "{Remedy}")]
        public static partial void Plain(ILogger logger, string setting, string remedy);

        [LoggerMessage(5, LogLevel.Warning, "The report of the probe and the settings: {Warning}")]
        public static partial void TrustsMore(ILogger logger, string warning);
    }
}
