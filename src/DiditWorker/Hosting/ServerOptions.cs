using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DiditWorker.Operations.Broker;
using DiditWorker.Secrets;

namespace DiditWorker.Hosting;

/// <summary>Settings of section <c>RabbitMq</c>, and its connection string.</summary>
public sealed class RabbitMqOptions : ServerOptions<BrokerAddress>;

/// <summary>Settings of section <c>Redis</c>, and its connection string, in StackExchange.Redis syntax.</summary>
public sealed class RedisOptions : ServerOptions<Secret>;

/// <summary>How to reach RabbitMQ or Redis, whom to trust there, and what to show.</summary>
public abstract class ServerOptions<T>
    where T : class
{
    /// <summary>PEM file of the only authorities that are trusted; null: what the machine trusts. Only with TLS.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>PEM file of the certificate that is shown, those between it and its authority behind it. Only with TLS.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM file of its key, which needs no password.</summary>
    public string? ClientCertificateKeyFile { get; init; }

    /// <summary>The connection string, or the file that holds it.</summary>
    public SecretSetting<T> Connection { get; internal set; } = null!;

    /// <summary>What the files of certificates hold now.</summary>
    public PeerCertificates Certificates { get; internal set; } = null!;

    /// <summary>Reads the files; without TLS, and half of a pair, they are faults.</summary>
    /// <param name="secrets">Notes the faults.</param>
    /// <param name="section">Whose they are.</param>
    /// <param name="isTls">Whether the connection string asks for TLS; unknown where that is wrong.</param>
    /// <param name="howToAsk">How it would.</param>
    internal PeerCertificates ReadCertificates(SecretReader secrets, string section, bool? isTls, string howToAsk)
    {
        var (authority, own, key) = (
            $"{section}:{nameof(CertificateAuthorityFile)}", $"{section}:{nameof(ClientCertificateFile)}",
            $"{section}:{nameof(ClientCertificateKeyFile)}");
        (string Name, string? File)[] all =
            [(authority, CertificateAuthorityFile), (own, ClientCertificateFile), (key, ClientCertificateKeyFile)];
        foreach (var (name, file) in all)
        {
            secrets.Require(
                file is null || isTls != false, name, file,
                $"has no effect without TLS: {howToAsk} in ConnectionStrings:{section}, or remove this");
        }

        secrets.Require(ClientCertificateFile is null || ClientCertificateKeyFile is not null, key, null, $"required with {own}");
        secrets.Require(ClientCertificateKeyFile is null || ClientCertificateFile is not null, own, null, $"required with {key}");
        return new(
            section,
            secrets.File<X509Certificate2Collection>(
                authority, (text, _) => PeerCertificates.ReadAuthorities(text), CertificateAuthorityFile),
            secrets.File<SslStreamCertificateContext>(
                own, (text, _) => PeerCertificates.ReadShown(text), ClientCertificateFile, ClientCertificateKeyFile));
    }
}
