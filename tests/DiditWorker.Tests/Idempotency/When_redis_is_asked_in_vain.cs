using DiditWorker.Redis;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.Tests.Idempotency;

/// <summary>What the log says of it: each change once, whatever number of messages meets it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class When_redis_is_asked_in_vain
{
    private const string Full = "Warning 103 Redis cannot be asked (OOM full); the first message that needs it: order-0 key";
    private const string Back = "Information 106 Redis can be asked again";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<RedisTrouble> _logs = new();
    private readonly RedisTrouble _trouble;

    public When_redis_is_asked_in_vain() => _trouble = new(_time, _logs);

    private IEnumerable<string> Lines => _logs.Collector.GetSnapshot().Select(line => $"{line.Level} {line.Id.Id} {line.Message}");

    [Test]
    public void It_is_said_once_with_the_first_message_that_needs_it_however_long_it_lasts()
    {
        for (var i = 0; i < 300; i++)
        {
            Meet("OOM full", $"order-{i} key");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Lines.ShouldBe([Full]);
    }

    [Test]
    public void Another_cause_is_a_change()
    {
        Meet("OOM full", "order-0 key");
        Meet("READONLY You can't write", "order-1 key");
        Meet("OOM full", "order-2 key");

        Lines.ShouldBe(
            [Full, "Warning 103 Redis cannot be asked (READONLY You can't write); the first message that needs it: order-1 key"]);
    }

    [Test]
    public void That_it_can_be_asked_again_is_said_once()
    {
        _trouble.Over();
        Lines.ShouldBeEmpty();
        Meet("OOM full", "order-0 key");

        _trouble.Over();
        _trouble.Over();

        Lines.ShouldBe([Full, Back]);
    }

    [Test]
    public void Where_it_comes_and_goes_each_kind_is_said_once_a_minute_and_what_lasts_is_said_in_the_end()
    {
        for (var i = 0; i < 60; i++)
        {
            Meet("OOM full", "order-0 key");
            _trouble.Over();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Lines.ShouldBe([Full, Back]);
        Meet("OOM full", "order-0 key");
        Lines.ShouldBe([Full, Back, Full]);
    }

    private void Meet(string words, string message) =>
        _trouble.Note(new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, words), message);
}
