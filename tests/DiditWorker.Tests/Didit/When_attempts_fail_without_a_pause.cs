using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_attempts_fail_without_a_pause
{
    private static readonly IdempotencyKey Mine = IdempotencyKey.Create("start-verification", "order-1");
    private static readonly IdempotencyKey Theirs = IdempotencyKey.Create("start-verification", "order-2");

    private FakeTimeProvider _time = null!;
    private DiditEndpoint _creates = null!;

    [SetUp]
    public void Start()
    {
        _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        _creates = new(Operation.Create, new() { ApiKey = "k" }, _time);
    }

    [Test]
    public void The_third_in_a_row_is_worth_telling()
    {
        Fail(2);
        _creates.Trouble.ShouldBeNull();

        Judge(Mine, new(ReplyKind.Ambiguous, "503"));

        _creates.Trouble.ShouldBe(new(3, "503", Mine));
        _creates.Gate.Current.ShouldBeNull();
    }

    [Test]
    public void It_is_known_whether_they_are_all_of_one_message()
    {
        Fail(2);
        Judge(Theirs, new(ReplyKind.Ambiguous, "503"));
        Fail(1);

        _creates.Trouble.ShouldBe(new(4, "reset", Only: null));
    }

    [TestCase(ReplyKind.Answered)]
    [TestCase(ReplyKind.Refused, Description = "Didit works: it has judged the request.")]
    public void A_success_of_anybody_starts_the_count_anew(ReplyKind kind)
    {
        Fail(2);
        Judge(Theirs, new(kind, "words"));
        Fail(2);

        _creates.Trouble.ShouldBeNull();
    }

    [Test]
    public void They_prolong_a_pause_that_there_is()
    {
        _creates.OpenCircuit(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));

        Judge(Mine, new(ReplyKind.Ambiguous, "503"));

        _creates.Gate.Current!.Until.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(5));
    }

    [TestCase(ReplyKind.Throttled)]
    [TestCase(ReplyKind.Conflict)]
    public void What_says_nothing_of_how_didit_is_does_not_prolong_it(ReplyKind kind)
    {
        _creates.OpenCircuit(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        var pause = _creates.Gate.Current;

        Judge(Mine, new(kind, "words"));

        _creates.Gate.Current.ShouldBe(pause);
    }

    [Test]
    public void A_refused_key_that_comes_late_does_not_pause_what_works_again()
    {
        var sent = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        Judge(Theirs, new(ReplyKind.Answered, "201"));

        _creates.Judge(Mine, new(ReplyKind.KeyRefused, "401"), sent, sent, ownWorkflow: false);

        _creates.Gate.Current.ShouldBeNull();
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Judge(Mine, new(ReplyKind.Ambiguous, "reset"));
        }
    }

    private void Judge(IdempotencyKey key, DiditReply reply) =>
        _creates.Judge(key, reply, _time.GetUtcNow(), _time.GetUtcNow(), ownWorkflow: false);
}
