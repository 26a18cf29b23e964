using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using Microsoft.Extensions.Hosting;

namespace DiditWorker.Operations.Terminal;

/// <summary>Runs one operator's command with the configuration, key, record and decision code of the worker, but without its bus.</summary>
/// <param name="build">
/// Composes the services; a <see cref="CommandException"/> says what is wrong with the settings. Called once for each run.
/// </param>
/// <param name="output">Where it prints.</param>
internal sealed class OperatorHost(Func<IHost> build, Output output)
{
    private WorkerSecrets? _secrets;

    /// <summary>Makes the command, with the services that it takes by its constructor, and runs it.</summary>
    /// <returns>What the command returns, or the exit code for what kept it from running.</returns>
    public Task<int> RunAsync<TCommand>(Func<TCommand, Task<int>> run, CancellationToken cancellation) =>
        RunAsync(services => run(ActivatorUtilities.CreateInstance<TCommand>(services)), cancellation);

    /// <summary>The same for a command that takes an <see cref="IOperatorBroker"/>, too: a connection that is closed afterwards.</summary>
    public Task<int> RunWithBrokerAsync<TCommand>(Func<TCommand, Task<int>> run, CancellationToken cancellation) => RunAsync(
        async services =>
        {
            await using var broker = await services.GetRequiredService<ConnectToBroker>()(cancellation);
            return await run(ActivatorUtilities.CreateInstance<TCommand>(services, broker));
        },
        cancellation);

    private async Task<int> RunAsync(Func<IServiceProvider, Task<int>> run, CancellationToken cancellation)
    {
        try
        {
            using var host = build();
            _secrets = host.Services.GetRequiredService<WorkerSecrets>();
            return await run(host.Services);
        }
        catch (CommandException exception)
        {
            return Fail(exception.ExitCode, exception.Message);
        }
        catch (BrokerException exception)
        {
            return Fail(exception.IsAboutMessage ? ExitCodes.SomeFailed : ExitCodes.Unreachable, InWords(exception));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The text names the file: "No space left on device : '/path/of/the/file'".
            return Fail(ExitCodes.SomeFailed, $"A file cannot be read or written ({exception.Message}). Check its disk and its rights.");
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

    private int Fail(int exitCode, string message)
    {
        output.WriteNote(message);
        return exitCode;
    }

    private string InWords(BrokerException exception)
    {
        var words = exception.GetBaseException().Message;
        return exception.Failure switch
        {
            BrokerFailure.MessageRefused or BrokerFailure.NoQueue => $"The broker did not take a message ({words}).",
            BrokerFailure.RightRefused when RefusedRight.ActionFor(words) is { } action =>
                $"The broker refuses it ({words}). What to do: {action}.",
            _ => $"The broker cannot be reached, or has closed the connection ({words}). {Advice(_secrets?.RabbitMqCertificates)}"
                + "Check ConnectionStrings:RabbitMq.",
        };
    }

    private static string Advice(PeerCertificates? certificates) =>
        string.Concat((certificates?.Problems ?? []).Select(problem => problem + ". "));
}
