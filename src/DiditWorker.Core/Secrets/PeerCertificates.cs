using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DiditWorker.Secrets;

/// <summary>
/// TLS with the broker or with Redis: whose certificates are accepted, which one is shown, and what was wrong. Nothing turns the checks
/// off: the chain, the dates, the purpose, and the name of each host for itself.
/// </summary>
/// <param name="section">The section of the settings: <c>RabbitMq</c> or <c>Redis</c>.</param>
/// <param name="authorities">What alone is trusted; null: what the machine trusts.</param>
/// <param name="shown">What is shown to a server that asks; null: nothing.</param>
public sealed class PeerCertificates(
    string section, SecretFile<X509Certificate2Collection>? authorities, SecretFile<SslStreamCertificateContext>? shown)
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _asking = new(StringComparer.Ordinal);

    /// <summary>What was wrong with the latest connection to each host, with what to do; no secrets.</summary>
    public IReadOnlyList<string> Problems =>
        [.. LoginProblem is { } login ? [login] : (string[])[], .. _refused.Values, .. _asking.Values, .. Expired()];

    /// <summary>Why the latest login was refused; null if it was not.</summary>
    public string? LoginProblem { get; set; }

    /// <summary>What is shown.</summary>
    public SslStreamCertificateContext? Shown => shown?.Current;

    /// <summary>Reads an authority file: one or more certificates in PEM.</summary>
    /// <exception cref="FormatException">It holds something else.</exception>
    public static X509Certificate2Collection ReadAuthorities(string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new FormatException("holds a certificate that cannot be read", exception);
        }

        return certificates.Count > 0 ? certificates : throw new FormatException("holds no certificate in PEM");
    }

    /// <summary>Reads a certificate in PEM, those between it and its authority behind it, and its key.</summary>
    /// <exception cref="FormatException">It holds something else; the message quotes nothing.</exception>
    public static SslStreamCertificateContext ReadShown(string text)
    {
        try
        {
            var all = ReadAuthorities(text);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(text, text), all, offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new FormatException("hold no certificate in PEM with its own key, which must not need a password", exception);
        }
    }

    /// <summary>For one connection to this host.</summary>
    public SslClientAuthenticationOptions For(string host) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.None,
        ClientCertificateContext = Shown,
        LocalCertificateSelectionCallback = Shown is null ? (_, _, _, remote, _) => Ask(host, remote) : null,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accept(host, certificate, chain, errors),
    };

    /// <summary>
    /// Called by a client that has nothing to show. With a certificate of the server's it is asked for, before that only in case.
    /// </summary>
    public X509Certificate? Ask(string host, X509Certificate? remote)
    {
        if (remote is not null)
        {
            _asking[host] =
                $"{host} asks for a certificate and none is set; set {section}:ClientCertificateFile and "
                    + $"{section}:ClientCertificateKeyFile";
        }

        return null;
    }

    /// <summary>Whether the server is who it should be; if not, <see cref="Problems"/> says why.</summary>
    public bool Accept(string host, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var problem = certificate is X509Certificate2 server ? Judge(host, server, chain, errors) : "shows no certificate";
        if (problem is null)
        {
            _refused.TryRemove(host, out _);
            return true;
        }

        _refused[host] = $"{host} {problem}";
        return false;
    }

    private string? Judge(string host, X509Certificate2 server, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"shows a certificate for other names ({Names(server)}); connect by one of these, or issue one for {host}";
        }

        if (authorities is null)
        {
            return errors == SslPolicyErrors.None ? null : Describe(server, chain);
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities.Current);
        own.ChainPolicy.ExtraStore.AddRange(chain?.ChainPolicy.ExtraStore ?? []);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        return own.Build(server) ? null : Describe(server, own);
    }

    private string Describe(X509Certificate2 server, X509Chain? chain)
    {
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status)
            ?? X509ChainStatusFlags.NoError;
        return status switch
        {
            _ when status.HasFlag(X509ChainStatusFlags.UntrustedRoot) || status.HasFlag(X509ChainStatusFlags.PartialChain) =>
                authorities is null
                ? $"shows a certificate of an authority that this machine does not know ({server.Issuer}); set "
                    + $"{section}:CertificateAuthorityFile to that authority's certificate"
                : $"shows a certificate of another authority ({server.Issuer}) than those in {section}:CertificateAuthorityFile "
                    + $"({authorities.Path})",
            _ when status.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
                $"shows a certificate that is valid from {TimeInWords.Of(new(server.NotBefore))} to {TimeInWords.Of(new(server.NotAfter))} "
                    + "(or its authority's is not valid now); renew it, or set the clock right",
            _ => $"shows a certificate that cannot be accepted ({status})",
        };
    }

    private static string Names(X509Certificate2 server)
    {
        var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null ? "none"
            : string.Join(", ", [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())]);
    }

    private IEnumerable<string> Expired()
    {
        if (Shown?.TargetCertificate is { } own && own.NotAfter.ToUniversalTime() < TimeProvider.System.GetUtcNow().UtcDateTime)
        {
            yield return $"the certificate in {section}:ClientCertificateFile ({shown!.Path}) was valid until "
                + $"{TimeInWords.Of(new(own.NotAfter))}; renew it";
        }
    }
}
