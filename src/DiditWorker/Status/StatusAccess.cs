using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace DiditWorker.Status;

/// <summary>Who may look at the status page, as <see cref="StatusOptions.Access"/> says.</summary>
internal sealed class StatusAccess(StatusOptions options)
{
    private const string NotHere =
        "This page answers only a browser on the worker's own machine that asks for it as localhost, without a proxy (Status:Access = "
            + "Loopback).\n" +
        "To open it to others set Status:Access to Token, and Status:TokenFile to a file that holds a token.\n";

    private const string NoToken =
        "This page needs the token that the worker has in Status:Token or Status:TokenFile:\n" +
        "as the password (of any user), or in the header \"Authorization: Bearer\".\n";

    /// <summary>Whether this request may have it; if not, the refusal is written.</summary>
    public async Task<bool> AllowsAsync(HttpContext http)
    {
        switch (options.Access)
        {
            case StatusAccessRule.Anyone:
            case StatusAccessRule.Loopback when IsLocal(http):
            case StatusAccessRule.Token when Knows(http.Request):
                return true;
            case StatusAccessRule.Token:
                // So that a browser asks for it.
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"DiditWorker status\", charset=\"UTF-8\"";
                await RefuseAsync(http, StatusCodes.Status401Unauthorized, NoToken);
                return false;
            default:
                await RefuseAsync(http, StatusCodes.Status403Forbidden, NotHere);
                return false;
        }
    }

    // The address alone proves little: a page from elsewhere can make the browser of this machine ask, under a name that was re-pointed to
    // it (DNS rebinding), and a proxy on this machine asks for people who are elsewhere.
    private static bool IsLocal(HttpContext http) =>
        IsLoopback(http.Connection.RemoteIpAddress) && IsLocalName(http.Request.Host.Host) && !IsForwarded(http.Request);

    // On a port for both versions of IP, 127.0.0.1 arrives as ::ffff:127.0.0.1.
    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLocalName(string host) =>
        host is "127.0.0.1" or "[::1]" || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase);

    // X-Original-…: what ASP.NET Core leaves (ASPNETCORE_FORWARDEDHEADERS_ENABLED) when it has believed an X-Forwarded-… that anybody may
    // send.
    private static bool IsForwarded(HttpRequest request) => request.Headers.Keys.Any(name =>
        name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Via", StringComparison.OrdinalIgnoreCase));

    // Hashes, so that the time it takes tells neither how much is right nor how long it must be.
    private bool Knows(HttpRequest request) =>
        Given(request) is { } token && CryptographicOperations.FixedTimeEquals(Hash(token), Hash(options.Token?.Reveal() ?? ""));

    private static string? Given(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header.Parameter is not { } parameter)
        {
            return null;
        }

        return header.Scheme.ToUpperInvariant() switch
        {
            "BEARER" => parameter,
            "BASIC" => Password(parameter),
            _ => null,
        };
    }

    private static string? Password(string parameter)
    {
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? text[(colon + 1)..] : null;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static Task RefuseAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text);
    }
}
