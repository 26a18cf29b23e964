using DiditWorker.Protocol;
using DiditWorker.Status;
using DiditWorker.Tests.Didit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;
using Shouldly;
using Part = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace DiditWorker.Tests.Status;

/// <summary>Health names the message that fails, and does not blame Didit for it before others fail, too.</summary>
public sealed class When_one_message_fails_alone
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");
    private static readonly IdempotencyKey Other = IdempotencyKey.Create("start-verification", "order-2");

    private StubbedDidit _didit = null!;

    [SetUp]
    public void Start() => _didit = new(_ => StubbedDidit.Reply(500, []));

    [TearDown]
    public async Task StopAsync() => await _didit.DisposeAsync();

    [Test]
    public async Task It_is_named_with_the_command_that_tells_more()
    {
        _didit.Retried.Failed(new(), new("order-1", Key, new(28, "500", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)));
        Fail(Key, 3);

        var health = await LookAsync();

        health.Status.ShouldBe(Part.Degraded);
        health.Description.ShouldBe(
            $"creates: the last 3 attempts were all of message order-1 (key {Key}) and failed, the latest with: 500; it is tried again, "
            + "and other messages are not held up");
        ((string)health.Data[HealthHistory.Action]).ShouldStartWith($"look at it: diditworker keys show {Key}; ");
    }

    [Test]
    public async Task It_is_named_by_its_key_where_it_is_not_in_hand_just_now()
    {
        Fail(Key, 3);

        (await LookAsync()).Description!.ShouldContain($"were all of the message with key {Key} and failed");
    }

    [Test]
    public async Task Where_others_fail_too_it_is_not_blamed()
    {
        Fail(Key, 3);
        Fail(Other, 1);

        (await LookAsync()).Description.ShouldBe(
            "creates: the last 4 attempts failed, the latest with: 500; messages wait and are tried again");
    }

    [Test]
    public async Task A_delivery_is_among_those_that_are_tried_again_while_it_waits()
    {
        await using (var work = _didit.Work(Key))
        {
            work.HasFailed(new(1, "500", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
            _didit.Retried.Current.ShouldHaveSingleItem().RequestId.ShouldBe("order-1");
        }

        _didit.Retried.Current.ShouldBeEmpty();
    }

    private Task<HealthCheckResult> LookAsync() =>
        new DiditCheck(_didit.Pipeline, _didit.Business, _didit.Retried).CheckHealthAsync(new());

    private void Fail(IdempotencyKey key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var now = TimeProvider.System.GetUtcNow();
            _didit.Pipeline.Creates.Judge(key, new(ReplyKind.Ambiguous, "500"), now, now, ownWorkflow: false);
        }
    }
}
