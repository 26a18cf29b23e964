using DiditWorker.Didit;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

public sealed class When_nothing_is_configured
{
    private readonly Configured _settings = Configured.With();

    [Test]
    public void The_api_key_is_asked_for()
    {
        var refused = Should.Throw<InvalidConfigurationException>(() => Configured.Only());

        refused.Faults.ShouldHaveSingleItem().ShouldStartWith("Didit:ApiKey = (not set): required");
        refused.Message.ShouldContain("Didit:ApiKeyFile");
    }

    [Test]
    public void Broker_and_redis_are_on_this_machine()
    {
        _settings.RabbitMq.Hosts.ShouldBe([("localhost", 5672)]);
        (_settings.RabbitMq.User, _settings.RabbitMq.Password.Reveal(), _settings.RabbitMq.VirtualHost, _settings.RabbitMq.Tls)
            .ShouldBe(("guest", "guest", "/", false));
        _settings.Redis.ShouldBe("localhost:6379");
    }

    [Test]
    public void Didits_settings_are_the_published_ones() => _settings.Didit.ShouldBe(new DiditOptions
    {
        ApiKey = "api-key",
        BaseAddress = new Uri("https://verification.didit.me"),
        CreateSessionPath = "/v3/session/",
        ListSessionsPath = "/v3/sessions/",
        DecisionPath = "/v3/session/{id}/decision/",
        WorkflowId = null,
        Callback = null,
        IdempotencyWindow = TimeSpan.FromDays(1),
        LookupBeforeResend = LookupBeforeResend.Always,
        SessionKind = SessionKinds.Any,
        RequestsPerMinute = 300,
        AttemptTimeout = TimeSpan.FromSeconds(10),
        TotalTimeout = TimeSpan.FromMinutes(1),
    });

    [Test]
    public void Idempotencys_settings_are_the_published_ones()
    {
        _settings.Idempotency.Scope.ShouldBe("start-verification");
        _settings.Idempotency.KeyPrefix.ShouldBe("didit:");
        _settings.Idempotency.WhenRedisUnavailable.ShouldBe(WhenRedisUnavailable.Wait);
        _settings.Idempotency.Lease.ShouldBeGreaterThan(_settings.Didit.TotalTimeout);
        _settings.Idempotency.EncryptionKeyFile.ShouldBeNull();
        _settings.EncryptionKeys.ShouldBeNull();
    }

    [Test]
    public void The_queue_is_the_published_one()
    {
        _settings.StartVerification.Queue.ShouldBe("start-verification");
        _settings.StartVerification.MaximumBodySize.ShouldBe(256 * 1024);
        _settings.StartVerification.PrefetchCount.ShouldBeGreaterThanOrEqualTo(_settings.StartVerification.ConcurrentMessageLimit);
    }

    // RabbitMQ closes the channel of a delivery that is not acknowledged within 30 minutes.
    [Test]
    public void A_message_is_held_no_longer_than_rabbitmq_allows() =>
        (_settings.StartVerification.MaximumHold + _settings.Didit.TotalTimeout).ShouldBeLessThan(TimeSpan.FromMinutes(30));

    [Test]
    public void Empty_counts_as_not_set() => Configured.With(
        ("Didit:IdempotencyWindow", ""), ("Didit:WorkflowId", ""), ("Idempotency:Scope", ""), ("ConnectionStrings:Redis", ""),
        ("ConnectionStrings:RabbitMq", null))
        .Didit.ShouldBe(_settings.Didit);

    [Test]
    public void Names_of_settings_have_no_case() => Configured.Only(
        ("didit:apikey", "k"), ("DIDIT:REQUESTSPERMINUTE", "7"))
        .Didit.RequestsPerMinute.PerMinute.ShouldBe(7);
}
