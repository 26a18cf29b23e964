using DiditWorker.DeadLetters;
using DiditWorker.Hosting;
using DiditWorker.Observability;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using Microsoft.Extensions.Logging.Console;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Commands;

/// <summary>Runs one operator's command with the configuration, key, record and decision code of the worker, but without its bus.</summary>
/// <param name="configuration">Settings from the command line.</param>
/// <param name="output">Where it prints.</param>
internal sealed class OperatorHost(string[] configuration, Output output)
{
    private WorkerSettings? _settings;

    /// <summary>Runs it.</summary>
    /// <returns>What the command returns, or the exit code for what kept it from running.</returns>
    public async Task<int> RunAsync(Func<IServiceProvider, CancellationToken, Task<int>> command, CancellationToken cancellation)
    {
        try
        {
            using var host = Build();
            return await command(host.Services, cancellation);
        }
        catch (CommandException exception)
        {
            return Fail(exception.ExitCode, exception.Message);
        }
        catch (InvalidConfigurationException exception)
        {
            return Fail(ExitCodes.WrongConfiguration, exception.Message);
        }
        catch (Exception exception) when (exception is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or IOException)
        {
            return Fail(ExitCodes.Unreachable, $"The broker cannot be reached, or has closed the connection ({Innermost(exception)}). {Advice(_settings?.RabbitMqCertificates)}Check ConnectionStrings:RabbitMq.");
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return Fail(ExitCodes.Unreachable, RedisRefusal.Of(exception) is { } refusal
                ? $"Redis refuses it ({refusal.Words}). What to do: {refusal.Action}."
                : $"Redis does not answer ({exception.GetType().Name}). {Advice(_settings?.RedisCertificates)}"
                    + "Check ConnectionStrings:Redis.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Fail(ExitCodes.SomeFailed, "Stopped. What was not done is where it was; the same command goes on from there.");
        }
    }

    /// <summary>Runs it with a connection to the broker.</summary>
    public Task<int> RunAsync(Func<IServiceProvider, IConnection, CancellationToken, Task<int>> command, CancellationToken cancellation) => RunAsync(
        async (services, token) =>
        {
            await using var connection = await BrokerConnection.OpenAsync(services.GetRequiredService<WorkerSettings>(), BrokerConnection.Operator, token);
            return await command(services, connection, token);
        },
        cancellation);

    private IHost Build()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { Args = configuration, ContentRootPath = AppContext.BaseDirectory });
        var settings = _settings = WorkerSettings.From(builder.Configuration, withProbeReport: false);

        // What was asked for goes to standard output, so logs do not.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.TimestampFormat = null);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddDiditWorker(settings);
        builder.Services.AddSingleton(output).AddSingleton<AuditLog>();
        builder.Services.AddSingleton<DeadLetterReader>().AddSingleton<DeadLetterQueues>().AddSingleton<Predictor>().AddSingleton<Planner>();
        builder.Services.AddSingleton<KeyFinder>().AddSingleton<KeyAdoption>().AddSingleton<RequestSender>();
        return builder.Build();
    }

    private int Fail(int exitCode, string message)
    {
        output.Notes.WriteLine(message);
        return exitCode;
    }

    private static string Advice(PeerCertificates? certificates) => string.Concat((certificates?.Problems ?? []).Select(problem => problem + ". "));

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;
}
