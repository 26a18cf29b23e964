using System.Net;
using System.Net.Sockets;
using DiditWorker.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

/// <summary>One sentence: which address, why, and what to do.</summary>
public sealed class When_it_cannot_listen
{
    [Test]
    public async Task Another_program_listens_there()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";

        (await ProblemAsync(("urls", "http://127.0.0.1:0; " + url))).ShouldBe(
            $"The worker cannot listen on {url}: another program does; end that one, or name another port in ASPNETCORE_URLS or --urls.");
        (await ProblemAsync(("http_ports", $"{((IPEndPoint)other.LocalEndpoint).Port}")))
            .ShouldNotBeNull().ShouldContain("another program does");
    }

    [Test]
    public async Task The_address_is_another_machines() =>
        (await ProblemAsync(("urls", "http://192.0.2.1:8080"))).ShouldBe(
            "The worker cannot listen on http://192.0.2.1:8080: this machine does not have that address; name one that it has, or + for "
            + "all of them, in ASPNETCORE_URLS or --urls.");

    [TestCase("nonsense")]
    [TestCase("ftp://127.0.0.1:8080")]
    [TestCase("http://127.0.0.1:8080/path")]
    [TestCase("http://localhost:0")]
    public async Task It_is_no_address(string url) =>
        (await ProblemAsync(("urls", url))).ShouldNotBeNull().ShouldSatisfyAllConditions(
            said => said.ShouldStartWith($"The worker cannot listen on {url}: that is no address for it ("),
            said => said.ShouldEndWith(
                "write http://HOST:PORT, or http://+:PORT for every address of this machine, in ASPNETCORE_URLS or --urls."),
            said => said.ShouldNotContain("\n"));

    [Test]
    public void It_has_no_right_to_the_port() =>
        Listening.Problem("http://+:80", new SocketException((int)SocketError.AccessDenied)).ShouldBe(
            "The worker cannot listen on http://+:80: its user has no right to this port; name one from 1024 on in ASPNETCORE_URLS or "
            + "--urls.");

    [Test]
    public void The_system_says_something_else() =>
        Listening.Problem("http://+:80", new SocketException((int)SocketError.TooManyOpenSockets)).ShouldNotBeNull()
            .ShouldContain("the system refuses it (TooManyOpenSockets); name another address in ASPNETCORE_URLS or --urls.");

    [Test]
    public void Somebody_took_it_just_now() =>
        Listening.Problem("its address", new IOException("Failed to bind", new AddressInUseException("in use"))).ShouldNotBeNull()
            .ShouldStartWith("The worker cannot listen on its address: another program does;");

    [Test]
    public void What_else_goes_wrong_is_not_about_listening() => Listening.Problem("x", new IOException("disk")).ShouldBeNull();

    [Test]
    public async Task Where_it_can_there_is_nothing_to_say_and_the_port_is_free_again()
    {
        var port = FreePort();

        for (var i = 0; i < 2; i++)
        {
            (await ProblemAsync(("urls", $"http://127.0.0.1:{port}"))).ShouldBeNull();
        }

        using var now = new TcpListener(IPAddress.Loopback, port);
        now.Start();
    }

    [Test]
    public async Task What_the_servers_own_section_says_is_left_to_the_server()
    {
        (await ProblemAsync(("urls", "http://192.0.2.1:1"), ("Kestrel:Endpoints:A:Url", "http://192.0.2.1:1"))).ShouldBeNull();
        (await ProblemAsync(("urls", "https://192.0.2.1:1"), ("Kestrel:Certificates:Default:Path", "x"))).ShouldBeNull();
    }

    private static async Task<string?> ProblemAsync(params (string Key, string? Value)[] settings)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        return await Listening.ProblemAsync(Configured.Of(settings), services);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
