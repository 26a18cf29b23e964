using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DiditWorker.Demo;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The demo as a person starts it: it says in a sentence, and soon, why there is no table.</summary>
public sealed class The_demo
{
    private const string Check = "; check host and port, and that it runs.";

    // Beyond what it promises, since a process takes a while to start on a busy machine.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Says_why_the_broker_cannot_be_reached() =>
        (await RunAsync("--rabbitmq", "amqp://user:planted@127.0.0.1:1/v")).ShouldBe(
            (1, $"--rabbitmq: RabbitMQ at 127.0.0.1:1, virtual host v, cannot be reached (Connection refused){Check}"));

    // Of a busy machine the client may say that it had no time.
    [TestCase("--redis", "127.0.0.1:1,password=planted", "Redis at 127.0.0.1:1 does not answer (")]
    [TestCase("--rabbitmq", "amqp://user:planted@{silent}/", "RabbitMQ at {silent}, virtual host /, ")]
    [TestCase("--redis", "{silent},password=planted", "Redis at {silent} does not answer (")]
    public async Task Says_that_nobody_answers_there(string option, string value, string why)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string Named(string text) => text.Replace("{silent}", $"{silent.LocalEndpoint}", StringComparison.Ordinal);

        var (exitCode, said) = await RunAsync(option, Named(value));

        exitCode.ShouldBe(1);
        said.ShouldStartWith($"{option}: {Named(why)}");
        said.ShouldEndWith(Check);
        said.ShouldNotContain("\n");
    }

    [Test]
    public async Task Says_that_the_broker_does_not_let_it_in()
    {
        await using var arena = await Arena.OpenAsync();
        var address = new Uri(arena.Settings["ConnectionStrings:RabbitMq"]!);
        var (user, host) = (address.UserInfo.Split(':')[0], $"{address.Host}:{address.Port}");

        (await RunAsync("--rabbitmq", $"amqp://{user}:planted@{host}{address.AbsolutePath}")).ShouldBe(
            (1, $"--rabbitmq: RabbitMQ at {host}, virtual host {Uri.UnescapeDataString(address.AbsolutePath[1..])}, refuses user "
                + $"'{user}' or the password; correct them."));
        (await RunAsync("--rabbitmq", $"amqp://{address.UserInfo}@{host}/nowhere")).ShouldBe(
            (1, $"--rabbitmq: RabbitMQ at {host}, virtual host nowhere, does not let user '{user}' in (NOT_ALLOWED - vhost nowhere not "
                + "found); correct the virtual host, or give the user rights on it."));
    }

    [TestCase("--nonsense", "Unrecognized command or argument '--nonsense'.")]
    [TestCase("--messages=0", "--messages 0: expected a whole number from 1 to 100000")]
    [TestCase("--rabbitmq=http://user:planted@rabbit", "--rabbitmq: expected amqp:// or amqps:// user:password@host[:port]")]
    [TestCase("--redis=,password=planted", "--redis: expected host:port, in StackExchange.Redis syntax")]
    [TestCase("--didit=planted", "--didit: expected an http or https address")]
    public async Task Ends_with_2_where_it_is_used_wrongly(string option, string why)
    {
        var (exitCode, said) = await RunAsync(option);

        exitCode.ShouldBe(2);
        said.ShouldStartWith(why);
        said.ShouldEndWith("See: --help");
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(params string[] options)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(DemoRun).Assembly.Location, .. options])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Bound);
        (await output).ShouldBeEmpty();
        var said = (await errors).Trim();
        said.ShouldNotContain("planted");
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(Promised);
        return (process.ExitCode, said);
    }
}
