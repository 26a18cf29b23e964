using DiditWorker.Protocol;
using DiditWorker.Verification;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_failed_message_waits
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(4);

    private FakeTimeProvider _time = null!;
    private StubbedDidit _didit = null!;
    private Work _work = null!;

    [SetUp]
    public void Start()
    {
        _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        _didit = new(_ => StubbedDidit.Reply(500, []), _time);
        _work = _didit.Work(IdempotencyKey.Create("start-verification", "order-1"));
    }

    [TearDown]
    public async Task End()
    {
        await _work.DisposeAsync();
        await _didit.DisposeAsync();
    }

    [Test]
    public async Task A_pause_that_ended_while_its_request_was_under_way_is_over()
    {
        _work.Enter(Operation.Create);
        Pause();
        Succeed(Operation.Create);

        await BackOffAsync(Minutes).WaitAsync(Soon);
    }

    [Test]
    public void The_end_of_an_earlier_pause_is_not_taken_for_it()
    {
        Pause();
        Succeed(Operation.Create);
        _work.Enter(Operation.Create);

        BackOffAsync(Minutes).IsCompleted.ShouldBeFalse();
    }

    // Nobody knew whose fault the failure was, hence the length. Now it is known that Didit works.
    [TestCase(Operation.Create)]
    [TestCase(Operation.Read)]
    public async Task A_long_wait_ends_when_another_message_achieves_what_this_one_did_not(Operation operation)
    {
        var wait = BackOffAsync(Minutes, operation);
        wait.IsCompleted.ShouldBeFalse();

        Succeed(operation);

        await wait.WaitAsync(Soon);
    }

    [Test]
    public void That_look_ups_work_does_not_help_a_create()
    {
        var wait = BackOffAsync(Minutes);

        Succeed(Operation.Read);

        wait.IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task A_short_wait_is_kept_whatever_others_achieve()
    {
        var wait = BackOffAsync(BackOff.MaxCountedDelay);
        Succeed(Operation.Create);
        wait.IsCompleted.ShouldBeFalse();

        _time.Advance(BackOff.MaxCountedDelay);

        await wait.WaitAsync(Soon);
    }

    private Task<DeliveryEvent> BackOffAsync(TimeSpan delay, Operation operation = Operation.Create) =>
        _work.BackOffAsync(new(EffectKind.BackOff, "500") { Delay = delay, Operation = operation });

    private void Pause()
    {
        _didit.Pipeline.Creates.OpenCircuit(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private void Succeed(Operation operation) => _didit.Pipeline.Of(operation).Gate.Succeeded(_time.GetUtcNow());
}
