using System.Globalization;
using System.Text;
using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

/// <summary>AMQP's <c>expiration</c>: the broker takes the message away, and tells nobody but the error queue.</summary>
public sealed class When_the_broker_expires_a_message
{
    private const string Errors = TestBroker.Queue + "_error";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private Arena _arena = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _arena = await Arena.OpenAsync();

        // The queues are there, and nobody consumes.
        using var worker = await _arena.StartWorkerAsync();
        await worker.StopAsync();
    }

    [TearDown]
    public async Task CloseAsync() => await _arena.DisposeAsync();

    [Test]
    public async Task It_lies_in_the_error_queue_unanswered_and_a_replay_answers_it()
    {
        await PublishAsync("order", expiration: 200);
        await UntilParkedAsync(1);

        (await _arena.OperateAsync("dead-letters", "list", "--messages")).Text.ShouldContain("expired");
        using var worker = await _arena.StartWorkerAsync();
        await _arena.OperateAsync("dead-letters", "replay", "order", "--yes", "--wait");
        await _arena.Broker.UntilAnswersAsync(1);
        await worker.StopAsync();

        _arena.Broker.Created.Count().ShouldBe(1);
        (await _arena.Broker.DepthAsync(Errors)).ShouldBe(0u);
    }

    // MassTransit sets both: the broker's expiration, and the envelope's time.
    [Test]
    public async Task A_replay_of_what_had_a_time_to_live_is_answered_Expired()
    {
        await using (var publisher = new ServiceCollection().AddMassTransit(bus => bus.UsingRabbitMq(
            (_, rabbit) => rabbit.Host(new Uri(_arena.ConnectionString)))).BuildServiceProvider())
        {
            var bus = publisher.GetRequiredService<IBusControl>();
            await bus.StartAsync();
            await bus.Publish(
                new StartVerification { VendorData = "somebody", WorkflowId = Arena.Workflow },
                context => context.TimeToLive = TimeSpan.FromMilliseconds(200));
            await bus.StopAsync();
        }

        await UntilParkedAsync(1);
        using var worker = await _arena.StartWorkerAsync();
        (await _arena.OperateAsync("dead-letters", "plan")).Text.ShouldContain("look up, then be answered Expired if there is none");
        (await _arena.OperateAsync("dead-letters", "replay", "--group", "Other", "--yes", "--wait")).ExitCode.ShouldBe(0);
        await _arena.Broker.UntilAnswersAsync(1);
        await worker.StopAsync();

        _arena.Broker.Rejected.Single().Text("code").ShouldBe(RejectionCodes.Expired);
        _arena.Didit.State.Sessions.ShouldBeEmpty();
        (await _arena.Broker.DepthAsync(Errors)).ShouldBe(0u);
    }

    [Test]
    public async Task What_is_parked_does_not_expire()
    {
        using var worker = await _arena.StartWorkerAsync();
        await PublishAsync("order", expiration: 2000, """{"vendorData":1}""");
        await _arena.Broker.UntilAnswersAsync(1);
        await UntilParkedAsync(1);
        await worker.StopAsync();

        (await _arena.Broker.TakeAsync(Errors)).BasicProperties.IsExpirationPresent().ShouldBeFalse();
    }

    private async Task PublishAsync(string id, int expiration, string body = """{"vendorData":"somebody"}""") =>
        await _arena.Broker.PublishAsync(
            new()
            {
                MessageId = id, ContentType = "application/json", Persistent = true,
                Expiration = expiration.ToString(CultureInfo.InvariantCulture),
            },
            Encoding.UTF8.GetBytes(body));

    private Task UntilParkedAsync(uint count) =>
        Eventually.UntilAsync(async () => await _arena.Broker.DepthAsync(Errors) == count, Bound, "it is parked");
}
