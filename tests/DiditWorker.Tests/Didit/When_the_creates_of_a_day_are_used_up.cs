using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>A budget of two, late in the evening; Redis is away, so that the day is this process' own.</summary>
public sealed class When_the_creates_of_a_day_are_used_up
{
    private const int PerDay = 2;
    private static readonly DateTimeOffset Midnight = new(2026, 11, 28, 0, 0, 0, TimeSpan.Zero);

    private FakeTimeProvider _time = null!;
    private int _status;

    [SetUp]
    public void Begin() => (_time, _status) = (new(Midnight.AddMinutes(-5)), 201);

    [Test]
    public async Task No_more_is_sent_and_creates_pause_until_the_next_day()
    {
        await using var didit = Didit();
        (await CreateAsync(didit, "order-1")).ShouldBe(EventKind.Replied);
        (await CreateAsync(didit, "order-2")).ShouldBe(EventKind.Replied);
        didit.Pipeline.Creates.Gate.IsHeld.ShouldBeFalse();

        (await CreateAsync(didit, "order-3")).ShouldBe(EventKind.TurnedAway);

        didit.Requests.ShouldBe(PerDay);
        var pause = didit.Pipeline.Creates.Gate.Current!;
        (pause.Reason, pause.Until).ShouldBe((PauseReasons.Budget, Midnight));
        didit.Pipeline.Reads.Gate.Current.ShouldBeNull();
    }

    [Test]
    public async Task A_look_pauses_before_a_message_is_turned_away()
    {
        await using var didit = Didit();
        await CreateAsync(didit, "order-1");
        await CreateAsync(didit, "order-2");

        await didit.Pipeline.Budget!.LookAsync();

        didit.Pipeline.Creates.Gate.TryEnter(default, out _).ShouldBeFalse();
    }

    [Test]
    public async Task They_go_on_when_the_next_day_begins_and_no_sooner()
    {
        await using var didit = Didit();
        await CreateAsync(didit, "order-1");
        await CreateAsync(didit, "order-2");
        await CreateAsync(didit, "order-3");
        var reopened = didit.Pipeline.Creates.Gate.Reopened;

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        await didit.Pipeline.Budget!.LookAsync();
        didit.Pipeline.Creates.Gate.IsHeld.ShouldBeTrue();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await didit.Pipeline.Budget!.LookAsync();
        reopened.IsCompleted.ShouldBeTrue();
        (await CreateAsync(didit, "order-3")).ShouldBe(EventKind.Replied);
        didit.Requests.ShouldBe(PerDay + 1);
    }

    // An account without credits is probed all day.
    [Test]
    public async Task What_certainly_made_no_session_does_not_count()
    {
        await using var didit = Didit();
        _status = 402;
        for (var i = 0; i < 2 * PerDay; i++)
        {
            (await CreateAsync(didit, "order-1")).ShouldBe(EventKind.Replied);
        }

        didit.Requests.ShouldBe(2 * PerDay);
    }

    [Test]
    public async Task What_may_have_made_one_counts()
    {
        await using var didit = Didit();
        _status = 500;
        await CreateAsync(didit, "order-1");
        await CreateAsync(didit, "order-2");

        (await CreateAsync(didit, "order-3")).ShouldBe(EventKind.TurnedAway);
    }

    [Test]
    public async Task What_is_given_back_after_midnight_is_not_todays()
    {
        await using var redis = Away();
        var count = new CreateCount(redis, "creates", PerDay, _time);
        var yesterday = (await count.TakeAsync())!.Value;
        _time.Advance(TimeSpan.FromMinutes(5));
        await count.TakeAsync();

        count.GiveBack(yesterday);

        count.Latest.ShouldBe((yesterday + 1, 1));
    }

    // Each change once, however many are turned away.
    [Test]
    public async Task It_is_said_once()
    {
        await using var redis = Away();
        var (gate, logs) = (new Gate(_time), new FakeLogger<CreateBudget>());
        var budget = new CreateBudget(new(redis, "creates", 1, _time), gate, _time, logs);
        await budget.TakeAsync();
        for (var i = 0; i < 3; i++)
        {
            (await budget.TakeAsync()).ShouldBeNull();
            await budget.LookAsync();
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        await budget.LookAsync();
        await budget.LookAsync();

        logs.Collector.GetSnapshot().Select(line => line.Id.Id).ShouldBe([107, 108]);
    }

    private static RedisConnection Away() => new("127.0.0.1:1,connectTimeout=100,connectRetry=0");

    private StubbedDidit Didit() => new(_ => StubbedDidit.Reply(_status, "{}"u8.ToArray()), _time, createsPerDay: PerDay);

    private static async Task<EventKind> CreateAsync(StubbedDidit didit, string requestId)
    {
        await using var work = didit.Work(IdempotencyKey.Create("start-verification", requestId));
        return (await didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None)).Kind;
    }
}
