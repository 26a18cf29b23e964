using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Hosting;

public sealed class When_settings_are_secret
{
    private string _path = "";

    [SetUp]
    public void Name() => _path = Path.GetTempFileName();

    [TearDown]
    public void Delete() => File.Delete(_path);

    [Test]
    public void The_api_key_may_stand_in_a_file()
    {
        File.WriteAllText(_path, "  from-file\r\n");

        Only(("Didit:ApiKeyFile", _path)).Didit.RevealApiKey().ShouldBe("from-file");
    }

    [Test]
    public void It_must_not_stand_in_both()
    {
        File.WriteAllText(_path, "s3cret-file");

        var message = Should.Throw<InvalidConfigurationException>(
            () => Only(("Didit:ApiKey", "s3cret-direct"), ("Didit:ApiKeyFile", _path))).Message;

        message.ShouldContain("Didit:ApiKey = \"***\"");
        message.ShouldNotContain("s3cret");
    }

    [Test]
    public void A_missing_file_is_named()
    {
        var message = Should.Throw<InvalidConfigurationException>(() => Only(("Didit:ApiKeyFile", _path + ".missing"))).Message;

        message.ShouldContain($"Didit:ApiKeyFile = \"{_path}.missing\": ");
    }

    [Test]
    public void An_empty_file_holds_no_key() =>
        Should.Throw<InvalidConfigurationException>(() => Only(("Didit:ApiKeyFile", _path))).Faults.ShouldHaveSingleItem()
            .ShouldBe($"Didit:ApiKeyFile = \"{_path}\": holds no key (Didit console, API keys)");

    [TestCase("s3cret\u0007")]
    [TestCase("s3cret s3cret")]
    [TestCase("s3crét")]
    [TestCase("s3cret\r\nx-other: 1")]
    public void A_key_that_no_header_can_carry_is_refused_and_not_shown(string key)
    {
        var message = Should.Throw<InvalidConfigurationException>(() => Only(("Didit:ApiKey", key))).Message;

        message.ShouldContain("Didit:ApiKey = \"***\"");
        message.ShouldNotContain("s3cr");
    }

    [TestCase("ConnectionStrings:RabbitMq", "http://user:s3cret@rabbit/")]
    [TestCase("ConnectionStrings:RabbitMq", "amqp://s3cret@rabbit/", TestName = "A token without a user")]
    [TestCase("ConnectionStrings:RabbitMq", "amqp://user:s3c@ret@rab bit/", TestName = "An at sign in the password")]
    [TestCase("ConnectionStrings:RabbitMq", "amqp://user:pa/s3cret@rabbit/", TestName = "A slash in the password")]
    [TestCase("ConnectionStrings:RabbitMq", "user:s3cret@rabbit:5672", TestName = "No scheme")]
    [TestCase("ConnectionStrings:RabbitMq", "amqp:user:s3cret@rabbit:5672", TestName = "No slashes")]
    [TestCase("ConnectionStrings:Redis", "localhost,pasword=s3cret", TestName = "A typing error in password")]
    [TestCase("ConnectionStrings:Redis", "localhost,password=s3cret,ssl=perhaps", TestName = "A fault beside the password")]
    [TestCase("ConnectionStrings:Redis", "localhost,password=pa,s3cret=x", TestName = "A comma in the password")]
    [TestCase("ConnectionStrings:Redis", "password=s3cret", TestName = "No host")]
    [TestCase("Didit:BaseAddress", "https://user:s3cret@didit.example/", TestName = "A password in the base address")]
    [TestCase("Didit:BaseAddress", "https://user:s3cret@[didit/", TestName = "A password in what is no address")]
    [TestCase("Didit:BaseAddress", "user:s3cret@didit.example", TestName = "A password in a base address without a scheme")]
    public void A_password_in_an_address_is_never_shown(string key, string value)
    {
        var refused = Refused((key, value));

        refused.Faults.ShouldHaveSingleItem().ShouldStartWith(key + " = ");
        refused.Message.ShouldNotContain("s3c");
        refused.Message.ShouldNotContain("ret@");
    }

    [Test]
    public void The_encryption_key_is_read_at_start()
    {
        File.WriteAllText(_path, Convert.ToBase64String(new byte[32]));

        With(("Idempotency:EncryptionKeyFile", _path)).EncryptionKeys!.Current.All.ShouldHaveSingleItem().ShouldBe(new byte[32]);
    }

    [Test]
    public void A_wrong_encryption_key_names_its_file_and_not_what_it_holds()
    {
        File.WriteAllText(_path, "s3cret");

        var fault = Fault("Idempotency:EncryptionKeyFile", _path);

        fault.ShouldStartWith($"Idempotency:EncryptionKeyFile = \"{_path}\": ");
        fault.ShouldNotContain("s3cret");
    }

    [TestCase("ConnectionStrings:RabbitMq", "amqps://user:s3cret@rabbit/vhost")]
    [TestCase("ConnectionStrings:Redis", "redis:6379,user=worker,password=s3cret")]
    public void A_connection_string_may_stand_in_a_file(string key, string value)
    {
        File.WriteAllText(_path, value + "\n");

        var settings = With((key + "File", _path));

        (key.EndsWith("Redis", StringComparison.Ordinal) ? settings.Redis : settings.RabbitMq.Password.Reveal()).ShouldContain("s3cret");
        settings.SecretFiles.ShouldHaveSingleItem().Setting.ShouldBe(key + "File");
        Refused((key, value), (key + "File", _path)).Faults.ShouldHaveSingleItem()
            .ShouldBe($"{key} = \"***\": set either this or {key}File, not both");
    }

    [TestCase("ConnectionStrings:RabbitMqFile", "http://user:s3cret@rabbit/")]
    [TestCase("ConnectionStrings:RedisFile", "localhost,pasword=s3cret")]
    [TestCase("ConnectionStrings:RedisFile", "password=s3cret")]
    [TestCase("Didit:ApiKeyFile", "s3cret s3cret")]
    public void One_that_is_wrong_names_its_file_and_not_what_it_holds(string key, string value)
    {
        File.WriteAllText(_path, value);

        var fault = Should.Throw<InvalidConfigurationException>(
            () => Only(("Didit:ApiKey", key.StartsWith("Didit", StringComparison.Ordinal) ? null : "k"), (key, _path)))
            .Faults.ShouldHaveSingleItem();

        fault.ShouldStartWith($"{key} = \"{_path}\": ");
        fault.ShouldNotContain("s3cret");
    }

    [Test]
    public void A_directory_is_no_key_file() => Fault("Idempotency:EncryptionKeyFile", Path.GetTempPath()).ShouldContain("cannot be read");
}
