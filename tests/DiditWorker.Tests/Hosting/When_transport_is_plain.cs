using DiditWorker.Hosting;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Hosting;

public sealed class When_transport_is_plain
{
    [TestCase("ConnectionStrings:RabbitMq", "amqp://u:p@rabbit/")]
    [TestCase("ConnectionStrings:RabbitMq", "amqp://u:p@localhost,10.0.0.7/")]
    [TestCase("ConnectionStrings:Redis", "redis:6379")]
    [TestCase("ConnectionStrings:Redis", "localhost:6379,10.0.0.7:6379")]
    [TestCase("Didit:BaseAddress", "http://didit.example")]
    public void Its_setting_is_named(string key, string value) =>
        Found((key, value)).ShouldHaveSingleItem().Setting.ShouldBe(key);

    [TestCase("ConnectionStrings:RabbitMq", "amqps://u:p@rabbit/")]
    [TestCase("ConnectionStrings:RabbitMq", "amqp://u:p@[::1],127.0.0.1,localhost/")]
    [TestCase("ConnectionStrings:Redis", "redis:6379,ssl=true")]
    [TestCase("ConnectionStrings:Redis", "127.0.0.1:6379,localhost:6380")]
    [TestCase("Didit:BaseAddress", "https://didit.example")]
    [TestCase("Didit:BaseAddress", "http://127.0.0.1:8090")]
    public void Nothing_is_said_of_this_machine_or_with_tls(string key, string value) =>
        Found((key, value)).ShouldBeEmpty();

    private static IEnumerable<(string Setting, string Remedy)> Found((string Key, string? Value) setting)
    {
        var settings = With(setting);
        return PlainTransport.Find(settings.RabbitMqOptions, settings.RedisOptions, settings.Didit);
    }
}
