using System.Net;
using System.Net.Sockets;
using DiditWorker.Hosting;
using DiditWorker.Operations.Broker;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Commands;

/// <summary>A server that takes a connection and says nothing, as one that froze.</summary>
public sealed class When_a_server_is_silent
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [TestCase("dead-letters list", "ConnectionStrings:RabbitMq=amqp://guest:guest@{0}/", "Waiting for RabbitMQ at {0} …")]
    [TestCase("keys show order-1", "ConnectionStrings:Redis={0},connectRetry=0,connectTimeout=60000", "Waiting for Redis at {0} …")]
    public async Task A_line_says_what_is_waited_for(string command, string setting, string expected)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string At(string text) => text.Replace("{0}", silent.LocalEndpoint.ToString(), StringComparison.Ordinal);
        using var notes = new Hearing(At(expected));

        var running = CommandLine.RunAsync([.. command.Split(' '), "--" + At(setting)], TextWriter.Null, notes);
        await notes.Heard.WaitAsync(Bound);

        silent.Stop();
        (await running.WaitAsync(Bound)).ShouldBe(69);
    }

    [Test]
    public async Task It_is_said_after_two_seconds_and_once()
    {
        var time = new FakeTimeProvider();
        var told = new List<string>();
        var answer = new TaskCompletionSource<int>();

        var call = new SlowCalls(time, told.Add).ForAsync("the server", () => answer.Task);
        time.Advance(TimeSpan.FromSeconds(1.9));
        told.ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(10));
        answer.SetResult(7);

        (await call).ShouldBe(7);
        told.ShouldBe(["the server"]);
    }

    [Test]
    public async Task Nothing_is_said_of_one_that_answers()
    {
        var told = new List<string>();

        (await new SlowCalls(new FakeTimeProvider(), told.Add).ForAsync("the server", () => Task.FromResult(7))).ShouldBe(7);

        told.ShouldBeEmpty();
    }

    private sealed class Hearing(string expected) : StringWriter
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Heard => _heard.Task;

        public override void WriteLine(string? value)
        {
            if (value?.Contains(expected, StringComparison.Ordinal) == true)
            {
                _heard.TrySetResult();
            }
        }
    }
}
