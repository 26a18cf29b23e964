using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DiditWorker.Hosting;

/// <summary>
/// Tries where the worker is to listen before anything of it runs: a host whose server cannot start tells of it, and of all that it stops
/// then, with a stack trace each.
/// </summary>
internal static class Listening
{
    private const string Settings = "in ASPNETCORE_URLS or --urls";

    /// <summary>Listens for a moment at each address, with the server that will.</summary>
    /// <param name="configuration">What names the addresses.</param>
    /// <param name="services">Of the worker, for what TLS takes.</param>
    /// <returns>The first that it cannot listen at, why, and what to do, in a sentence; null if there is none.</returns>
    public static async Task<string?> ProblemAsync(IConfiguration configuration, IServiceProvider services)
    {
        foreach (var url in Urls(configuration))
        {
            try
            {
                await TryAsync(url, services);
            }
            catch (Exception exception) when (Problem(url, exception) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>What a failure to listen means; null if it is none.</summary>
    internal static string? Problem(string where, Exception exception)
    {
        var what = exception switch
        {
            _ when Code(exception) is { } code => InWords(code),
            FormatException or InvalidOperationException => $"that is no address for it ({FirstLine(exception)}); write "
                + "http://HOST:PORT, or http://+:PORT for every address of this machine,",
            _ => null,
        };
        return what is null ? null : $"The worker cannot listen on {where}: {what} {Settings}.";
    }

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].Trim().TrimEnd('.');

    private static SocketError? Code(Exception exception) => exception switch
    {
        SocketException refused => refused.SocketErrorCode,
        AddressInUseException => SocketError.AddressAlreadyInUse,
        _ => exception.InnerException is { } inner ? Code(inner) : null,
    };

    private static string InWords(SocketError code) => code switch
    {
        SocketError.AddressAlreadyInUse => "another program does; end that one, or name another port",
        SocketError.AccessDenied => "its user has no right to this port; name one from 1024 on",
        SocketError.AddressNotAvailable => "this machine does not have that address; name one that it has, or + for all of them,",
        _ => $"the system refuses it ({code}); name another address",
    };

    // As ASP.NET Core reads them. Endpoints in a section Kestrel come before both, and certificates in it are the server's business.
    private static IEnumerable<string> Urls(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            return [];
        }

        var urls = configuration["urls"] is { Length: > 0 } set ? Split(set)
            : Split(configuration["http_ports"] ?? "").Select(port => $"http://*:{port}");
        return configuration.GetSection("Kestrel:Certificates").Exists()
            ? urls.Where(url => !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) : urls;
    }

    private static string[] Split(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task TryAsync(string url, IServiceProvider services)
    {
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var options = Options.Create(new KestrelServerOptions { ApplicationServices = services });
        using var server = new KestrelServer(options, sockets, NullLoggerFactory.Instance);
        server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Add(url);
        await server.StartAsync(new Nothing(), CancellationToken.None);
        await server.StopAsync(CancellationToken.None);
    }

    /// <summary>Whoever comes in this moment is told to come again.</summary>
    private sealed class Nothing : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context)
        {
            context.GetRequiredFeature<IHttpResponseFeature>().StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
