using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Operations.Terminal;

/// <summary>Runs one operator's command with the configuration, key, record and decision code of the worker, but without its bus.</summary>
/// <param name="build">
/// Composes the services; a <see cref="CommandException"/> says what is wrong with the settings. Called once for each run.
/// </param>
/// <param name="output">Where it prints.</param>
internal sealed class OperatorHost(Func<IHost> build, Output output)
{
    private WorkerSecrets? _secrets;

    /// <summary>Runs it.</summary>
    /// <returns>What the command returns, or the exit code for what kept it from running.</returns>
    public async Task<int> RunAsync(Func<IServiceProvider, CancellationToken, Task<int>> command, CancellationToken cancellation)
    {
        try
        {
            using var host = build();
            _secrets = host.Services.GetRequiredService<WorkerSecrets>();
            return await command(host.Services, cancellation);
        }
        catch (CommandException exception)
        {
            return Fail(exception.ExitCode, exception.Message);
        }
        catch (Exception exception) when (exception is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or IOException)
        {
            return Fail(ExitCodes.Unreachable, $"The broker cannot be reached, or has closed the connection ({Innermost(exception)}). {Advice(_secrets?.RabbitMqCertificates)}Check ConnectionStrings:RabbitMq.");
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return Fail(ExitCodes.Unreachable, RedisRefusal.Of(exception) is { } refusal
                ? $"Redis refuses it ({refusal.Words}). What to do: {refusal.Action}."
                : $"Redis does not answer ({exception.GetType().Name}). {Advice(_secrets?.RedisCertificates)}"
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
            await using var connection = await BrokerConnection.OpenAsync(services.GetRequiredService<BrokerAccess>(), BrokerConnection.Operator, token);
            return await command(services, connection, token);
        },
        cancellation);

    private int Fail(int exitCode, string message)
    {
        output.Notes.WriteLine(message);
        return exitCode;
    }

    private static string Advice(PeerCertificates? certificates) => string.Concat((certificates?.Problems ?? []).Select(problem => problem + ". "));

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;
}
