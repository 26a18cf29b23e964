using DiditWorker.Didit;
using DiditWorker.Messaging;
using DiditWorker.Observability;
using DiditWorker.Operations.Probe;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Status;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace DiditWorker.Hosting;

/// <summary>The service: <c>diditworker</c> without a command.</summary>
internal static partial class Service
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <returns>0; 78 if the configuration is wrong, with every fault on standard error, or if it cannot listen.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        // appsettings.json lies beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls("http://+:8080");
        }

        builder.Services.AddDiditWorker(builder.Configuration).AddSingleton<IValidateOptions<DiditOptions>, ProbeReportRule>();
        builder.Services.AddRabbitMqTransport();
        builder.Services.AddHealth();
        builder.Services.AddHostedService<RedisAdvice>();
        builder.Services.AddSingleton<QueueWatch>().AddHostedService(provider => provider.GetRequiredService<QueueWatch>());
        builder.Services.AddSingleton<ReconciliationWatch>()
            .AddHostedService(provider => provider.GetRequiredService<ReconciliationWatch>());
        builder.Services.AddSingleton<QueueGauges>().AddSingleton<StatusReporter>();
        builder.AddHttpLimits();
        builder.AddConsoleLog();
        builder.AddTelemetry();
        try
        {
            await using var app = builder.Build();
            return await StartAsync(app);
        }
        catch (InvalidConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.WrongConfiguration;
        }
    }

    private static async Task<int> StartAsync(WebApplication app)
    {
        BeginMetrics(app.Services);
        if ((RabbitMqTransport.Problem(app.Services) ?? await Listening.ProblemAsync(app.Configuration, app.Services)) is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return ExitCodes.WrongConfiguration;
        }

        app.UseSecurityHeaders();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapStatusPage(app.Services.GetRequiredService<StatusOptions>(), app.Services.GetRequiredService<StatusReporter>().Read);
        Warn(app);
        app.LogWhenListening();
        try
        {
            await RunAsync(app);
            return 0;
        }
        catch (IOException taken) when (Listening.Problem("its address", taken) is { } why)
        {
            // Somebody took it since it was tried.
            await Console.Error.WriteLineAsync(why);
            return ExitCodes.WrongConfiguration;
        }
    }

    private static void Warn(WebApplication app)
    {
        if (app.Services.GetRequiredService<IdempotencyOptions>().EncryptionKeyFile is null)
        {
            Log.NotEncrypted(app.Logger);
        }

        var didit = app.Services.GetRequiredService<DiditOptions>();
        var (rabbitMq, redis) = (app.Services.GetRequiredService<RabbitMqOptions>(), app.Services.GetRequiredService<RedisOptions>());
        foreach (var (setting, remedy) in app.Environment.IsDevelopment() ? [] : PlainTransport.Find(rabbitMq, redis, didit))
        {
            Log.Plain(app.Logger, setting, remedy);
        }

        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var warning in didit.ProbeReportFile is { } path ? ReportCheck.Compare(ProbeReportFile.Read(path), didit, now) : [])
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
