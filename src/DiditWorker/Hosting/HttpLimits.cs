namespace DiditWorker.Hosting;

/// <summary>
/// What any client of the HTTP endpoints may take, and what every response says. Nothing here takes a body, a cookie or a long address.
/// </summary>
internal static class HttpLimits
{
    private const int MostConnections = 100;

    // Of which some are on their way out.
    private const int MostSockets = 2 * MostConnections;
    private const int LongestLine = 2 * 1024;
    private const int LargestHeaders = 8 * 1024;
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(5);

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ];

    /// <summary>
    /// At most 2 KiB of request line, 8 KiB of headers, which must be there within 5 s, and no body: beyond that Kestrel refuses. At most
    /// 100 connections: beyond that old ones go, see <see cref="ConnectionRoom"/>.
    /// </summary>
    public static void AddHttpLimits(this WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostSockets;
        kestrel.Limits.MaxRequestLineSize = LongestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
        kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
        kestrel.Limits.MaxRequestBodySize = 0;
        var room = new ConnectionRoom(MostConnections);
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection => room.ServeAsync(connection, next)));
    });

    /// <summary>
    /// Headers for every response, refusals and 404 included; an endpoint may set its own instead (OWASP Secure Headers Project).
    /// </summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((http, next) =>
    {
        foreach (var (name, value) in Headers)
        {
            http.Response.Headers[name] = value;
        }

        return next(http);
    });
}
