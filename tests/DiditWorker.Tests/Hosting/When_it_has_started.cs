using DiditWorker.Hosting;
using DiditWorker.Redis;
using DiditWorker.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

/// <summary>The first line that a person looks for.</summary>
public sealed class When_it_has_started
{
    [Test]
    public void One_line_says_what_it_takes_from_where_and_where_it_listens()
    {
        var logs = new FakeLogger();
        using var services = new ServiceCollection().AddWorkerOptions(Configured.Of(
            ("Didit:ApiKey", "planted-key"), ("ConnectionStrings:RabbitMq", "amqp://user:planted@rabbit-1,rabbit-2:5673/didit"),
            ("ConnectionStrings:Redis", "redis-1,redis-2:6380,10.0.0.1,user=worker,password=planted"),
            ("StartVerification:Queue", "requests"))).BuildServiceProvider();

        logs.LogStart(services, ["http://[::]:8080"]);

        var line = logs.Collector.GetSnapshot().ShouldHaveSingleItem();
        $"{line.Level} {line.Id.Id}".ShouldBe("Information 10");
        line.Message.ShouldBe(
            $"DiditWorker {StatusReporter.Version}, worker {OwnerToken.Worker}: "
                + "messages from queue requests in virtual host didit of RabbitMQ at "
            + "rabbit-1:5672,rabbit-2:5673, records in Redis at redis-1:6379,redis-2:6380,10.0.0.1:6379, sessions from "
            + "https://verification.didit.me, HTTP on http://[::]:8080");
    }
}
