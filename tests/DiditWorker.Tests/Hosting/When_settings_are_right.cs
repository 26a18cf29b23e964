using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Hosting;

public sealed class When_settings_are_right
{
    [Test]
    public void Didits_are_taken() => With(
        ("Didit:BaseAddress", "http://127.0.0.1:8081/"), ("Didit:CreateSessionPath", "/v2/session/"),
        ("Didit:WorkflowId", "11111111-2222-3333-4444-55555555555A"),
        ("Didit:Callback", "myapp://done"), ("Didit:IdempotencyWindow", "02:00:00"), ("Didit:LookupBeforeResend", "outsidewindow"),
        ("Didit:SessionKind", "business"), ("Didit:RequestsPerMinute", "10"), ("Didit:AttemptTimeout", "00:00:01.5"),
        ("Didit:TotalTimeout", "00:00:30")).Didit.ShouldBe(new DiditOptions
        {
            ApiKey = "api-key",
            BaseAddress = new Uri("http://127.0.0.1:8081/"),
            CreateSessionPath = "/v2/session/",
            WorkflowId = "11111111-2222-3333-4444-55555555555a",
            Callback = "myapp://done",
            IdempotencyWindow = TimeSpan.FromHours(2),
            LookupBeforeResend = LookupBeforeResend.OutsideWindow,
            SessionKind = SessionKinds.Business,
            RequestsPerMinute = 10,
            AttemptTimeout = TimeSpan.FromSeconds(1.5),
            TotalTimeout = TimeSpan.FromSeconds(30),
        });

    [TestCase("0")]
    [TestCase("00:00:00")]
    public void A_window_of_zero_is_allowed(string window) =>
        With(("Didit:IdempotencyWindow", window)).Didit.IdempotencyWindow.ShouldBe(TimeSpan.Zero);

    [Test]
    public void Idempotencys_are_taken() => With(
        ("Idempotency:Scope", "start-verification.staging"), ("Idempotency:Lease", "00:05:00"),
        ("Idempotency:WhenRedisUnavailable", "Proceed"),
        ("Idempotency:MaximumAttempts", "3"), ("Idempotency:KeyPrefix", "x:")).Idempotency.ShouldBe(new IdempotencyOptions
        {
            Scope = "start-verification.staging",
            Lease = TimeSpan.FromMinutes(5),
            WhenRedisUnavailable = WhenRedisUnavailable.Proceed,
            MaximumAttempts = 3,
            KeyPrefix = "x:",
        });

    [TestCase("a")]
    [TestCase("7")]
    [TestCase("a.b-c")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Every_valid_scope_is_taken(string scope) => With(("Idempotency:Scope", scope)).Idempotency.Scope.ShouldBe(scope);

    [TestCase("didit:{key}", "didit:")]
    [TestCase("didit:", "didit:")]
    [TestCase("prod.didit:", "prod.didit:")]
    [TestCase("{key}", "")]
    public void The_place_of_the_key_may_be_written_out(string prefix, string taken) =>
        With(("Idempotency:KeyPrefix", prefix)).Idempotency.KeyPrefix.ShouldBe(taken);

    [Test]
    public void Start_verifications_are_taken()
    {
        var options = With(
            ("StartVerification:Queue", "kyc.start-verification"), ("StartVerification:PrefetchCount", "10"),
            ("StartVerification:ConcurrentMessageLimit", "5"),
            ("StartVerification:MaximumBodySize", "1024"), ("StartVerification:MaximumHold", "00:01:00"),
            ("StartVerification:Topology", "expect")).StartVerification;

        options.ShouldBe(new()
        {
            Queue = "kyc.start-verification",
            PrefetchCount = 10,
            ConcurrentMessageLimit = 5,
            MaximumBodySize = 1024,
            MaximumHold = TimeSpan.FromMinutes(1),
            Topology = Topology.Expect,
        });
    }

    [Test]
    public void Connections_are_taken()
    {
        var settings = With(
            ("ConnectionStrings:RabbitMq", "amqps://u:p@a,b/prod"),
            ("ConnectionStrings:Redis", "a:26379,b:26379,serviceName=x,user=u,password=p,ssl=true"));

        settings.RabbitMq.ToString().ShouldBe("a:5671,b:5671");
        settings.Redis.ShouldStartWith("a:26379,b:26379");
    }
}
