using System.Net;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>A server in a container started by Testcontainers.</summary>
internal sealed class ContainerHost(IContainer container) : IServerHost
{
    private const int LogTailLength = 4_000;

    /// <summary>
    /// Where published ports are reached. A daemon that is not on this machine, or tests that run in a container themselves,
    /// need Testcontainers' own setting TESTCONTAINERS_HOST_OVERRIDE.
    /// </summary>
    public static string Address => TestcontainersSettings.DockerHostOverride ?? IPAddress.Loopback.ToString();

    /// <summary>Where other containers reach it.</summary>
    public string IpAddress => container.IpAddress;

    /// <summary>Labels the container, and publishes its ports on loopback only when that is where they are looked for.</summary>
    public static TBuilder Configure<TBuilder, TContainer>(IAbstractBuilder<TBuilder, TContainer, CreateContainerParameters> builder)
        where TBuilder : IAbstractBuilder<TBuilder, TContainer, CreateContainerParameters> =>
        builder
            .WithLabel(Leftovers.ContainerLabel, "true")
            .WithLabel(Leftovers.OwnerLabel, Leftovers.Owner)
            .WithLogger(NullLogger.Instance)
            .WithCreateParameterModifier(parameters =>
            {
                if (!IPAddress.TryParse(Address, out var address) || !IPAddress.IsLoopback(address))
                    return;
                foreach (var binding in parameters.HostConfig!.PortBindings!.SelectMany(port => port.Value))
                    binding.HostIP = address.ToString();
            });

    public Task StartAsync() => container.StartAsync();

    public Task StopAsync() => container.StopAsync();

    public Task PauseAsync(bool paused) => paused ? container.PauseAsync() : container.UnpauseAsync();

    public async Task<string> LogTailAsync()
    {
        var (output, error) = await container.GetLogsAsync();
        var log = output + error;
        return log[^Math.Min(log.Length, LogTailLength)..];
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();
}
