using DiditWorker.Operations.Broker;
using DiditWorker.Tests.DeadLetters;
using NUnit.Framework;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.Tests.Commands;

public sealed class When_a_command_fails
{
    private const string Refused = "ACCESS_REFUSED - read access to queue 'q_error' in vhost '/' refused for user 'operator'";

    [Test]
    public async Task A_broker_that_is_away_is_told_with_the_setting_to_check()
    {
        var (exitCode, notes) = await FailAsync(new BrokerUnreachableException(new IOException("Connection refused")));

        exitCode.ShouldBe(69);
        notes.ShouldBe(
            "RabbitMQ at localhost:5672 cannot be reached (Connection refused). Check that it runs there, and ConnectionStrings:RabbitMq.");
    }

    [Test]
    public async Task A_connection_that_the_broker_has_closed_is_told_in_its_words()
    {
        var (exitCode, notes) = await FailAsync(
            new AlreadyClosedException(new(ShutdownInitiator.Peer, 320, "CONNECTION_FORCED - maintenance")));

        exitCode.ShouldBe(69);
        notes.ShouldContain("CONNECTION_FORCED - maintenance");
    }

    [Test]
    public async Task A_right_that_is_refused_is_told_with_what_to_grant()
    {
        var (exitCode, notes) = await FailAsync(
            new OperationInterruptedException(new(ShutdownInitiator.Peer, Constants.AccessRefused, Refused)));

        exitCode.ShouldBe(77);
        notes.ShouldStartWith("RabbitMQ at localhost:5672 refuses it to user 'guest' (" + Refused + "). ");
        notes.ShouldContain("What to do: grant user 'operator' the right to read queue 'q_error'");
    }

    [Test]
    public async Task A_message_that_a_queue_refuses_is_a_failure_at_a_broker_that_is_well()
    {
        var (exitCode, notes) = await FailAsync(new PublishException(1, isReturn: false));

        exitCode.ShouldBe(1);
        notes.ShouldStartWith("The broker did not take a message");
    }

    // Redis' client throws it, too.
    [Test]
    public async Task A_broker_that_does_not_answer_is_not_taken_for_redis()
    {
        var (exitCode, notes) = await FailAsync(new TimeoutException("no reply"));

        exitCode.ShouldBe(69);
        notes.ShouldContain("ConnectionStrings:RabbitMq");
    }

    [Test]
    public async Task A_disk_that_is_full_is_not_taken_for_the_broker()
    {
        await using var desk = new Desk();

        var (exitCode, notes) = await desk.RunAsync(_ => throw new IOException("No space left on device : '/var/plan.jsonl'"));

        exitCode.ShouldBe(1);
        notes.Trim().ShouldBe(
            "A file cannot be read or written (No space left on device : '/var/plan.jsonl'). Check its disk and its rights.");
    }

    // The client does not send to a replica, and says so by an exception that is none of its others.
    [Test]
    public async Task A_redis_that_fails_over_is_told_as_redis()
    {
        await using var desk = new Desk();

        var (exitCode, notes) = await desk.RunAsync(_ => throw new RedisCommandException("Command cannot be issued to a replica: EVALSHA"));

        exitCode.ShouldBe(69);
        notes.Trim().ShouldBe(
            "Redis at 127.0.0.1:1 does not answer (RedisCommandException). Check that it runs there, and ConnectionStrings:Redis.");
    }

    [TestCase(typeof(InvalidOperationException))]
    [TestCase(typeof(FormatException))]
    public async Task What_is_none_of_the_brokers_stays_what_it_is(Type type) =>
        await Should.ThrowAsync(() => BrokerFaults.ToldAsync(() => Task.FromException((Exception)Activator.CreateInstance(type)!)), type);

    [TestCase(true, BrokerFailure.NoQueue)]
    [TestCase(false, BrokerFailure.MessageRefused)]
    public async Task A_message_without_a_queue_is_told_from_one_that_is_refused(bool isReturn, BrokerFailure expected)
    {
        var exception = await Should.ThrowAsync<BrokerException>(
            () => BrokerFaults.ToldAsync(() => Task.FromException(new PublishException(1, isReturn))));

        (exception.Failure, exception.IsAboutMessage).ShouldBe((expected, true));
    }

    private static async Task<(int ExitCode, string Notes)> FailAsync(Exception exception)
    {
        await using var desk = new Desk();
        var (exitCode, notes) = await desk.RunAsync(_ => BrokerFaults.ToldAsync(() => Task.FromException(exception)));
        return (exitCode, notes.Trim());
    }
}
