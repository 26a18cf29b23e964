using DiditWorker.Operations.Broker;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_a_broker_address_is_read
{
    [TestCase("amqp://guest:guest@localhost:5672/", "localhost:5672", "/", "guest", "guest", false)]
    [TestCase("amqp://rabbit", "rabbit:5672", "/", "guest", "guest", false)]
    [TestCase("amqp://rabbit/", "rabbit:5672", "/", "guest", "guest", false)]
    [TestCase("AMQP://rabbit", "rabbit:5672", "/", "guest", "guest", false)]
    [TestCase("amqps://u:p@rabbit", "rabbit:5671", "/", "u", "p", true)]
    [TestCase("amqps://u:p@rabbit:5673/prod", "rabbit:5673", "prod", "u", "p", true)]
    [TestCase("amqp://u:p@a,b:5673,c/prod", "a:5672,b:5673,c:5672", "prod", "u", "p", false)]
    [TestCase("amqps://u:p@a,b:5673", "a:5671,b:5673", "/", "u", "p", true)]
    [TestCase("amqp://u:p@10.0.0.1:5673/", "10.0.0.1:5673", "/", "u", "p", false)]
    [TestCase("amqp://u:p@rabbit/%2f", "rabbit:5672", "/", "u", "p", false)]
    [TestCase("amqp://u:p@rabbit/%2Fprod%20x", "rabbit:5672", "/prod x", "u", "p", false)]
    [TestCase("amqp://u%40x:p%2F%3A%40%25@rabbit", "rabbit:5672", "/", "u@x", "p/:@%", false)]
    [TestCase("amqp://u:p:q@rabbit", "rabbit:5672", "/", "u", "p:q", false)]
    [TestCase("amqp://u:p@q@rabbit", "rabbit:5672", "/", "u", "p@q", false)]
    [TestCase("amqp://u:@rabbit", "rabbit:5672", "/", "u", "", false)]
    public void A_good_one_has_all_its_parts(string text, string hosts, string virtualHost, string user, string password, bool tls)
    {
        BrokerAddress.TryParse(text, out var address, out _).ShouldBeTrue();

        string.Join(',', address.Hosts.Select(h => $"{h.Host}:{h.Port}")).ShouldBe(hosts);
        address.VirtualHost.ShouldBe(virtualHost);
        address.User.ShouldBe(user);
        address.Password.Reveal().ShouldBe(password);
        address.Tls.ShouldBe(tls);
    }

    [Test]
    public void An_ipv6_host_stands_in_brackets()
    {
        BrokerAddress.TryParse("amqp://u:p@[::1]:5673/", out var address, out _).ShouldBeTrue();

        address.Hosts.ShouldHaveSingleItem().Port.ShouldBe(5673);
        address.Hosts[0].Host.Trim('[', ']').ShouldBe("::1");
    }

    [TestCase("")]
    [TestCase("rabbit")]
    [TestCase("rabbit:5672")]
    [TestCase("http://rabbit")]
    [TestCase("amqp:rabbit")]
    [TestCase("amqp://")]
    [TestCase("amqp:///prod")]
    [TestCase("amqp://u:p@")]
    [TestCase("amqp://u:p@/")]
    [TestCase("amqp://u@rabbit")]
    [TestCase("amqp://u:p@a,,b")]
    [TestCase("amqp://u:p@a,")]
    [TestCase("amqp://rabbit:70000")]
    [TestCase("amqp://rabbit:port")]
    [TestCase("amqp://rab bit")]
    [TestCase("amqp://u:p@a,amqp://u:p@b/")]
    public void A_bad_one_is_refused_and_the_form_is_named(string text)
    {
        BrokerAddress.TryParse(text, out var address, out var problem).ShouldBeFalse();

        address.ShouldBeNull();
        problem.ShouldContain("amqp://");
        problem.ShouldContain("/vhost");
    }

    [Test]
    public void As_text_it_has_neither_user_nor_password()
    {
        BrokerAddress.TryParse("amqp://uuu:ppp@a,b:5673/prod", out var address, out _).ShouldBeTrue();

        address.ToString().ShouldBe("a:5672,b:5673");
    }
}
