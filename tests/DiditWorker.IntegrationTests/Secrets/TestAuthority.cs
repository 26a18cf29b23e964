using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>An authority of the test's own, and what it issues, as PEM files in the test's folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TemporaryFolder _folder;
    private readonly string _name;
    private readonly X509Certificate2 _certificate;

    public TestAuthority(TemporaryFolder folder, string name)
    {
        (_folder, _name) = (folder, name);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(30));
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
    }

    public string CertificateFile => _folder.File(_name + ".pem");

    /// <summary>For the server on this machine, by address and not by name.</summary>
    public (string Certificate, string Key) IssueServer(string file, DateTimeOffset? until = null) =>
        Issue(file, file, "1.3.6.1.5.5.7.3.1", until ?? Now.AddDays(10));

    /// <summary>For a client.</summary>
    public (string Certificate, string Key) IssueClient(string file, string name) =>
        Issue(file, name, "1.3.6.1.5.5.7.3.2", Now.AddDays(10));

    public void Dispose() => _certificate.Dispose();

    private (string Certificate, string Key) Issue(string file, string name, string purpose, DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var issued = request.Create(_certificate, Now.AddDays(-20), until, RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(_folder.File(file + ".key.next"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.File(file + ".pem.next"), issued.ExportCertificatePem());
        File.Move(_folder.File(file + ".key.next"), _folder.File(file + ".key"), overwrite: true);
        File.Move(_folder.File(file + ".pem.next"), _folder.File(file + ".pem"), overwrite: true);
        return (_folder.File(file + ".pem"), _folder.File(file + ".key"));
    }
}
