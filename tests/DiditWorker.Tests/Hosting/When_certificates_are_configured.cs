using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DiditWorker.Operations.Broker;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Hosting;

public sealed class When_certificates_are_configured
{
    private string _path = "";

    [SetUp]
    public void Name() => _path = Path.GetTempFileName();

    [TearDown]
    public void Delete() => File.Delete(_path);

    [TestCase("RabbitMq", "amqps://")]
    [TestCase("Redis", "ssl=true")]
    public void Without_tls_they_are_refused_with_what_to_write(string section, string remedy)
    {
        File.WriteAllText(_path, Pem());

        var fault = Refused((section + ":CertificateAuthorityFile", _path)).Faults.ShouldHaveSingleItem();

        fault.ShouldStartWith($"{section}:CertificateAuthorityFile = \"{_path}\": has no effect without TLS");
        fault.ShouldContain(remedy);
    }

    [TestCase("no certificate")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void What_is_no_certificate_is_refused(string content)
    {
        File.WriteAllText(_path, content);

        Refused(("ConnectionStrings:RabbitMq", "amqps://u:p@rabbit/"), ("RabbitMq:CertificateAuthorityFile", _path))
            .Faults.ShouldHaveSingleItem()
            .ShouldStartWith($"RabbitMq:CertificateAuthorityFile = \"{_path}\": holds ");
    }

    [Test]
    public void A_certificate_needs_its_key()
    {
        File.WriteAllText(_path, Pem());

        Refused(("ConnectionStrings:Redis", "redis,ssl=true"), ("Redis:ClientCertificateFile", _path)).Faults.ShouldHaveSingleItem()
            .ShouldStartWith("Redis:ClientCertificateKeyFile = (not set): required");
        Refused(("ConnectionStrings:Redis", "redis,ssl=true"), ("Redis:ClientCertificateFile", _path),
            ("Redis:ClientCertificateKeyFile", _path)).Faults.ShouldHaveSingleItem()
            .ShouldContain("no certificate in PEM with its own key");
    }

    [TestCase("RabbitMq:CertificateAuthority")]
    [TestCase("Redis:AllowUntrusted")]
    public void A_typing_error_is_noticed(string key) => Fault(key, "x").ShouldStartWith(key + " = ");

    [Test]
    public void Each_node_is_tried()
    {
        var factory = new ConnectionFactory();

        BrokerConnection.Configure(factory, With(("ConnectionStrings:RabbitMq", "amqps://u:p@rabbit-1,rabbit-2:5671,rabbit-3/")).Broker);

        // TLS is ours, below what the client library sees: When_transport_is_encrypted.
        var nodes = factory.EndpointResolverFactory([]).All().ToList();
        nodes.Select(node => (node.HostName, node.Port)).ShouldBe(
            [("rabbit-1", 5671), ("rabbit-2", 5671), ("rabbit-3", 5671)], ignoreOrder: true);
        nodes.ShouldAllBe(node => !node.Ssl.Enabled);
    }

    private static string Pem()
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        return certificate.ExportCertificatePem();
    }
}
