using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Secrets;

namespace DiditWorker.Hosting;

/// <summary>Reads and checks section <c>ConnectionStrings</c>.</summary>
internal static class ConnectionSettings
{
    private const string LocalRabbitMq = "amqp://guest:guest@localhost:5672/";
    private const string LocalRedis = "localhost:6379";

    public static (BrokerAddress? Address, SecretFile<BrokerAddress>? File) ReadRabbitMq(SettingsReader read)
    {
        var (address, file) = read.Secret<BrokerAddress>("ConnectionStrings:RabbitMq", Address, SettingsReader.MaskUser);
        return (address ?? file?.Current ?? (IsSet(read, "RabbitMq") ? null : Address(LocalRabbitMq, before: null)), file);
    }

    public static (string? Text, SecretFile<string>? File) ReadRedis(SettingsReader read)
    {
        var (text, file) = read.Secret<string>("ConnectionStrings:Redis", Redis);
        return (text ?? file?.Current ?? (IsSet(read, "Redis") ? null : LocalRedis), file);
    }

    private static bool IsSet(SettingsReader read, string name) =>
        read.Text("ConnectionStrings:" + name) is not null || read.Text($"ConnectionStrings:{name}File") is not null;

    /// <summary>The certificates for one of the two; the settings are those of its own section.</summary>
    /// <param name="read">From where.</param>
    /// <param name="section"><c>RabbitMq</c> or <c>Redis</c>.</param>
    /// <param name="isTls">Whether its connection string asks for TLS; unknown where that is wrong.</param>
    /// <param name="howToAsk">How it would.</param>
    public static PeerCertificates ReadCertificates(SettingsReader read, string section, bool? isTls, string howToAsk)
    {
        var (authority, own, key) =
            ($"{section}:CertificateAuthorityFile", $"{section}:ClientCertificateFile", $"{section}:ClientCertificateKeyFile");
        var (authorityFile, ownFile, keyFile) = (read.Text(authority), read.Text(own), read.Text(key));
        foreach (var (name, value) in ((string, string?)[])[(authority, authorityFile), (own, ownFile), (key, keyFile)])
        {
            read.Require(value is null || isTls != false, name, value, $"has no effect without TLS: {howToAsk}, or remove this");
        }

        read.Require(ownFile is null || keyFile is not null, key, value: null, $"required with {own}");
        read.Require(keyFile is null || ownFile is not null, own, value: null, $"required with {key}");
        return new(
            section,
            authorityFile is null ? null
                : read.SecretFile<X509Certificate2Collection>(
                    authority, (text, _) => PeerCertificates.ReadAuthorities(text), authorityFile),
            ownFile is null || keyFile is null
                ? null
                : read.SecretFile<SslStreamCertificateContext>(own, (text, _) => PeerCertificates.ReadShown(text), ownFile, keyFile));
    }

    // User, password and nodes are used when the worker connects the next time; what its bus is built on is not.
    private static BrokerAddress Address(string text, BrokerAddress? before)
    {
        if (!BrokerAddress.TryParse(text, out var address, out var problem))
        {
            throw new FormatException(problem);
        }

        return before is null || (address.VirtualHost == before.VirtualHost && address.Tls == before.Tls)
            ? address
            : throw new FormatException("names another virtual host or scheme; restart the worker to use it");
    }

    private static string Redis(string text, string? before)
    {
        try
        {
            if (RedisConnection.Options(text).EndPoints.Count == 0)
            {
                throw new FormatException("names no host");
            }
        }
        catch (ArgumentException exception)
        {
            // Its text may quote a part of the password, and is shown nowhere.
            throw new FormatException("is no StackExchange.Redis connection string", exception);
        }

        return before is null || RedisConnection.DifferOnlyInUser(text, before)
            ? text
            : throw new FormatException(
                "names other hosts or options; while the worker runs only user and password are taken, restart it to use the others");
    }
}
