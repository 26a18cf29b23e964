using System.Net;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>A port more, of a server that has certificates.</summary>
/// <param name="Directory">Where they lie, under the same path for a server in a container.</param>
/// <param name="Port">The same inside and outside of a container.</param>
public sealed record TlsListener(string Directory, int Port)
{
    /// <summary>Where the server is to listen.</summary>
    public static async Task<IPAddress> AddressAsync() => (await ServerSource.Current).IsDocker ? IPAddress.Any : IPAddress.Loopback;

    /// <summary>Puts both into a container.</summary>
    internal TBuilder Add<TBuilder, TContainer, TConfiguration>(ContainerBuilder<TBuilder, TContainer, TConfiguration> builder)
        where TBuilder : ContainerBuilder<TBuilder, TContainer, TConfiguration>
        where TContainer : IContainer
        where TConfiguration : DotNet.Testcontainers.Configurations.IContainerConfiguration =>
        builder.WithResourceMapping(new DirectoryInfo(Directory), Directory).WithPortBinding(Port, Port);
}
