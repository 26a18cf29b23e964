using DiditWorker.Hosting;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Replay;
using DiditWorker.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_answers_are_listened_to
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Each_is_heard_with_its_key_kind_code_and_outcome_and_others_still_get_it()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var connection = await ConnectAsync(arena);
        await using var listener = await AnswerListener.OpenAsync(Operating.BrokerOn(connection), default);

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        var created = await NextAsync(listener);
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        var replayed = await NextAsync(listener);
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-2"}""");
        var rejected = await NextAsync(listener);

        var key = IdempotencyKey.Create("start-verification", "order-1");
        (created.Key, created.Created, created.Code, created.Outcome).ShouldBe((key, true, null, "created"));
        (replayed.Key, replayed.Created, replayed.Code, replayed.Outcome).ShouldBe((key, true, null, "replayed"));
        (rejected.Key, rejected.Created, rejected.Code, rejected.Outcome).ShouldBe((key, false, "PayloadMismatch", "rejected"));
        created.Message.GetProperty("sessionId").GetString().ShouldBe(arena.Didit.State.Sessions.Single().SessionId);
        replayed.Message.GetRawText().ShouldBe(created.Message.GetRawText());
        await arena.Broker.UntilAnswersAsync(3);
    }

    [Test]
    public async Task It_can_begin_before_any_worker_and_passes_over_what_is_no_answer()
    {
        await using var arena = await Arena.OpenAsync();
        await using var connection = await ConnectAsync(arena);
        await using var listener = await AnswerListener.OpenAsync(Operating.BrokerOn(connection), default);
        await using var channel = await connection.CreateChannelAsync();
        foreach (var body in (
            string[])["no JSON", "[]", """{"message":1}""", """{"message":{"idempotencyKey":"no uuid"}}""",
            """{"message":{"idempotencyKey":7}}"""])
        {
            await channel.BasicPublishAsync(
                "DiditWorker.Contracts:VerificationSessionRejected", "", System.Text.Encoding.UTF8.GetBytes(body));
        }

        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");

        (await NextAsync(listener)).Created.ShouldBeTrue();
    }

    [Test]
    public async Task More_answers_than_are_read_ahead_all_come()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await using var connection = await ConnectAsync(arena);
        await using var listener = await AnswerListener.OpenAsync(Operating.BrokerOn(connection), default);
        await arena.Broker.PublishBacklogAsync(0, 1200);
        await arena.Broker.UntilAnswersAsync(1200);

        var heard = new HashSet<IdempotencyKey>();
        using var bound = new CancellationTokenSource(Bound);
        await foreach (var answer in listener.ReadAsync(bound.Token))
        {
            heard.Add(answer.Key);
            if (heard.Count == 1200)
            {
                break;
            }
        }

        heard.ShouldContain(IdempotencyKey.Create("start-verification", "backlog-1199"));
    }

    [Test]
    public async Task The_end_of_the_connection_is_an_error_and_no_silence()
    {
        await using var arena = await Arena.OpenAsync();
        var connection = await ConnectAsync(arena);
        await using var listener = await AnswerListener.OpenAsync(Operating.BrokerOn(connection), default);

        await connection.CloseAsync();

        await Should.ThrowAsync<BrokerException>(() => NextAsync(listener));
        await connection.DisposeAsync();
    }

    [Test]
    public async Task Its_queue_goes_with_it()
    {
        await using var arena = await Arena.OpenAsync();
        await using var connection = await ConnectAsync(arena);
        var before = await arena.QueuesAsync();
        await using (await AnswerListener.OpenAsync(Operating.BrokerOn(connection), default))
        {
            (await arena.QueuesAsync()).Count.ShouldBe(before.Count + 1);
        }

        await Eventually.UntilAsync(async () => (await arena.QueuesAsync()).SetEquals(before), Bound, "the queue is gone");
    }

    private static Task<IConnection> ConnectAsync(Arena arena)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(arena.Settings).Build();
        var access = new ServiceCollection().AddWorkerOptions(configuration).BuildServiceProvider().GetRequiredService<BrokerAccess>();
        return BrokerConnection.OpenAsync(access, BrokerConnection.Operator, default);
    }

    private static async Task<HeardAnswer> NextAsync(AnswerListener listener)
    {
        using var bound = new CancellationTokenSource(Bound);
        await foreach (var answer in listener.ReadAsync(bound.Token))
        {
            return answer;
        }

        throw new InvalidOperationException("it ended");
    }
}
