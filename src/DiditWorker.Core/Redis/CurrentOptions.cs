using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace DiditWorker.Redis;

/// <summary>Options of a connection whose user, password and certificates may change while it lives.</summary>
internal static class CurrentOptions
{
    /// <summary>What they do not say, the client asks their defaults for, and user and password at each handshake.</summary>
    /// <param name="connectionString">In StackExchange.Redis syntax.</param>
    /// <param name="tls">How to speak to a host.</param>
    public static ConfigurationOptions Of(Func<string> connectionString, Func<string, SslClientAuthenticationOptions> tls)
    {
        var options = RedisConnection.Options(connectionString());
        (options.User, options.Password) = (null, null);

        // Other defaults of the host's provider that matter here: Azure's own turns TLS on.
        options.Ssl = options.Ssl;
        options.Defaults = new CurrentUser(connectionString);
        var (protocols, revocation) = (options.SslProtocols ?? SslProtocols.None, options.CheckCertificateRevocation);
        options.SslClientAuthenticationOptions = host =>
        {
            var secured = tls(host);
            secured.EnabledSslProtocols = protocols;
            secured.CertificateRevocationCheckMode = revocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
            return secured;
        };
        return options;
    }

    private sealed class CurrentUser(Func<string> connectionString) : DefaultOptionsProvider
    {
        public override string? User => ConfigurationOptions.Parse(connectionString()).User;

        public override string? Password => ConfigurationOptions.Parse(connectionString()).Password;
    }
}
