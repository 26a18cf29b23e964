using DiditWorker.Operations.Broker;
using Microsoft.Extensions.Hosting;

namespace DiditWorker.Operations.Terminal;

/// <summary>Runs one operator's command with the configuration, key, record and decision code of the worker, but without its bus.</summary>
/// <param name="build">Composes the services. Called once for each run.</param>
/// <param name="output">Where it prints.</param>
internal sealed class OperatorHost(Func<IHost> build, Output output)
{
    /// <summary>Makes the command, with the services that it takes by its constructor, and runs it.</summary>
    /// <returns>What the command returns, or the exit code for what kept it from running.</returns>
    public Task<int> RunAsync<TCommand>(Func<TCommand, Task<int>> run, CancellationToken cancellation) =>
        RunAsync(services => run(ActivatorUtilities.CreateInstance<TCommand>(services)), cancellation);

    /// <summary>The same for a command that takes an <see cref="IOperatorBroker"/>, too: a connection that is closed afterwards.</summary>
    public Task<int> RunWithBrokerAsync<TCommand>(Func<TCommand, Task<int>> run, CancellationToken cancellation) => RunAsync(
        async services =>
        {
            AskForSettings<TCommand>(services);
            await using var broker = await services.GetRequiredService<ConnectToBroker>()(cancellation);
            return await run(ActivatorUtilities.CreateInstance<TCommand>(services, broker));
        },
        cancellation);

    // Wrong settings are told before a server is asked.
    private static void AskForSettings<TCommand>(IServiceProvider services)
    {
        foreach (var taken in typeof(TCommand).GetConstructors().Single().GetParameters())
        {
            _ = services.GetService(taken.ParameterType);
        }
    }

    private async Task<int> RunAsync(Func<IServiceProvider, Task<int>> run, CancellationToken cancellation)
    {
        using var host = build();
        var failures = new CommandFailure(host.Services);
        try
        {
            await using var watch = host.Services.GetRequiredService<RedisWatch>();
            return await run(host.Services);
        }
        catch (Exception exception) when (failures.Of(exception, cancellation) is { } failure)
        {
            output.WriteNote(failure.Message);
            return failure.ExitCode;
        }
    }
}
