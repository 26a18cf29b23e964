using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Hosting;

public sealed class When_settings_are_wrong
{
    [TestCase("Didit:BaseAddress", "verification.didit.me")]
    [TestCase("Didit:BaseAddress", "ftp://verification.didit.me")]
    [TestCase("Didit:BaseAddress", "https://")]
    [TestCase("Didit:BaseAddress", "https://verification.didit.me/v3")]
    [TestCase("Didit:BaseAddress", "https://verification.didit.me/?x=1")]
    [TestCase("Didit:CreateSessionPath", "/v3/session")]
    [TestCase("Didit:CreateSessionPath", "v3/session/")]
    [TestCase("Didit:ListSessionsPath", "/v3/sessions/?x=/")]
    [TestCase("Didit:DecisionPath", "x")]
    [TestCase("Didit:WorkflowId", "my-workflow")]
    [TestCase("Didit:WorkflowId", "11111111222233334444555555555555")]
    [TestCase("Didit:WorkflowId", "+1111111-2222-3333-4444-555555555555")]
    [TestCase("Didit:WorkflowId", "11111111-2222-3333-4444-555555555555 ")]
    [TestCase("Didit:Callback", "http://app.example")]
    [TestCase("Didit:Callback", "/done")]
    [TestCase("Didit:IdempotencyWindow", "tomorrow")]
    [TestCase("Didit:IdempotencyWindow", "-1.00:00:00")]
    [TestCase("Didit:IdempotencyWindow", "31.00:00:00")]
    [TestCase("Didit:IdempotencyWindow", "24:00:00", TestName = "24 hours, which .NET reads as 24 days")]
    [TestCase("Didit:AttemptTimeout", "10s")]
    [TestCase("Didit:TotalTimeout", "00:00:61")]
    [TestCase("Didit:LookupBeforeResend", "Sometimes")]
    [TestCase("Didit:LookupBeforeResend", "1")]
    [TestCase("Didit:LookupBeforeResend", "+1")]
    [TestCase("Didit:LookupBeforeResend", "Always,OutsideWindow")]
    [TestCase("Didit:SessionKind", "All")]
    [TestCase("Didit:SessionKind", "kyb")]
    [TestCase("Didit:SessionKind", "1")]
    [TestCase("Didit:SessionKind", "User,Business")]
    [TestCase("Didit:RequestsPerMinute", "0")]
    [TestCase("Didit:RequestsPerMinute", "-300")]
    [TestCase("Didit:RequestsPerMinute", "3e2")]
    [TestCase("Didit:RequestsPerMinute", "300.0")]
    [TestCase("Didit:CreatesPerDay", "0")]
    [TestCase("Didit:CreatesPerDay", "none")]
    [TestCase("Didit:CreatesPerDay", "1e4")]
    [TestCase("Didit:LookupsPerMinute", "99999999999")]
    [TestCase("Idempotency:Scope", "Start")]
    [TestCase("Idempotency:Scope", "a:b")]
    [TestCase("Idempotency:Scope", "-a")]
    [TestCase("Idempotency:Scope", "a\n")]
    [TestCase("Idempotency:Scope", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("Idempotency:KeyPrefix", "did it:")]
    [TestCase("Idempotency:KeyPrefix", "{didit}:")]
    [TestCase("Idempotency:WhenRedisUnavailable", "Retry")]
    [TestCase("Idempotency:MaximumAttempts", "0")]
    [TestCase("StartVerification:Queue", "start verification")]
    [TestCase("StartVerification:PrefetchCount", "0x10")]
    [TestCase("StartVerification:PrefetchCount", "65536")]
    [TestCase("StartVerification:ConcurrentMessageLimit", "0")]
    [TestCase("StartVerification:MaximumBodySize", "1")]
    [TestCase("StartVerification:MaximumHold", "00:00:00")]
    [TestCase("StartVerification:Topology", "Assume")]
    public void The_fault_names_the_key_and_the_value(string key, string value) =>
        Fault(key, value).ShouldStartWith($"{key} = \"{value}\": ");

    [Test]
    public void All_faults_are_listed_at_once()
    {
        var refused = Should.Throw<InvalidConfigurationException>(() => Only(
            ("Didit:BaseAddress", "x"), ("Didit:WorkflowId", "x"), ("Didit:AttemptTimeout", "x"), ("Idempotency:Scope", "X"),
            ("StartVerification:Queue", "x x"), ("ConnectionStrings:RabbitMq", "http://x"), ("Didit:Typo", "x")));

        refused.Faults.Count.ShouldBe(8);
        foreach (var fault in refused.Faults)
        {
            refused.Message.ShouldContain(fault);
        }
    }

    [TestCase("Didit:AttemptTimeout", "10s", "expected a time from 00:00:00.010 to 00:10:00 as [d.]hh:mm:ss")]
    [TestCase("Didit:AttemptTimeout", "00:10:01", "expected a time from 00:00:00.010 to 00:10:00 as [d.]hh:mm:ss")]
    [TestCase("StartVerification:MaximumBodySize", "1k", "expected a whole number from 1024 to 67108864")]
    [TestCase("StartVerification:MaximumBodySize", "1", "expected a whole number from 1024 to 67108864")]
    [TestCase("StartVerification:Topology", "Assume", "expected one of Declare, Expect")]
    public void It_says_what_is_expected(string key, string value, string expected) =>
        Refused((key, value), ("Didit:TotalTimeout", "00:15:00"), ("Idempotency:Lease", "00:16:00")).Faults.ShouldHaveSingleItem()
            .ShouldBe($"{key} = \"{value}\": {expected}");

    [Test]
    public void A_default_is_shown_where_it_no_longer_fits() => Fault("Didit:TotalTimeout", "00:05:00").ShouldBe(
        "Idempotency:Lease = \"00:02:00\": must be longer than Didit:TotalTimeout (00:05:00), or two workers could own one key");

    [Test]
    public void A_fault_of_one_setting_hides_no_rule_across() =>
        Refused(("Didit:WorkflowId", "x"), ("Didit:LookupDelay", "00:01:00"), ("Idempotency:Lease", "00:01:00")).Faults.Count.ShouldBe(3);

    [Test]
    public void A_lease_must_be_longer_than_all_attempts_together()
    {
        var fault = Fault("Idempotency:Lease", "00:01:00");

        fault.ShouldStartWith("Idempotency:Lease = \"00:01:00\": ");
        fault.ShouldContain("Didit:TotalTimeout (00:01:00)");
        With(("Idempotency:Lease", "00:01:00.001")).Idempotency.Lease.TotalMilliseconds.ShouldBe(60_001);
    }

    [Test]
    public void One_attempt_must_not_be_longer_than_all_together()
    {
        Fault("Didit:AttemptTimeout", "00:01:01").ShouldStartWith("Didit:AttemptTimeout = \"00:01:01\": ");
        With(("Didit:AttemptTimeout", "00:01:00")).Didit.AttemptTimeout.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Test]
    public void A_look_up_must_have_time_left() =>
        Fault("Didit:LookupDelay", "00:01:00").ShouldStartWith("Didit:LookupDelay = \"00:01:00\": ");

    [Test]
    public void Something_must_prevent_a_second_session()
    {
        Refused(("Didit:LookupBeforeResend", "Never"), ("Didit:IdempotencyWindow", "00:00:00")).Faults.ShouldHaveSingleItem()
            .ShouldStartWith("Didit:LookupBeforeResend = \"Never\": ");
        With(("Didit:LookupBeforeResend", "never")).Didit.IdempotencyWindow.ShouldBe(TimeSpan.FromDays(1));
    }

    [TestCase("Didit:RequestPerMinute")]
    [TestCase("Didit:ApiKeys")]
    [TestCase("Didit:WorkflowId:0")]
    [TestCase("Idempotency:Leases")]
    [TestCase("StartVerification:Prefetch")]
    public void An_unknown_setting_is_named_and_its_value_is_not(string key)
    {
        var fault = Refused((key, "s3cret")).Faults.ShouldHaveSingleItem();

        fault.ShouldStartWith(key + " = ");
        fault.ShouldNotContain("s3cret");
    }

    // Each would mean a default in silence: this machine, or a workflow.
    [TestCase("ConnectionStrings:Rabbit", "ConnectionStrings:RabbitMq")]
    [TestCase("ConnectionStrings:Rabbit_MQ", "ConnectionStrings:RabbitMq")]
    [TestCase("ConnectionStrings:RabitMq", "ConnectionStrings:RabbitMq")]
    [TestCase("ConnectionStrings:RabbitMqConnection", "ConnectionStrings:RabbitMq")]
    [TestCase("ConnectionStrings:Amqp", "ConnectionStrings:RabbitMq")]
    [TestCase("ConnectionStrings:Redis1", "ConnectionStrings:Redis")]
    [TestCase("ConnectionStrings:Reddis", "ConnectionStrings:Redis")]
    [TestCase("ConnectionStrings:RedisCache", "ConnectionStrings:Redis")]
    [TestCase("ConnectionStrings:Redis-File", "ConnectionStrings:RedisFile")]
    [TestCase("ConnectionStrings:RabbitFile", "ConnectionStrings:RabbitMqFile")]
    [TestCase("Didit:Worklfow_Id", "Didit:WorkflowId")]
    [TestCase("Idempotency:Leases", "Idempotency:Lease")]
    public void What_was_meant_is_said(string key, string meant)
    {
        var fault = Fault(key, "s3cret");

        fault.ShouldBe($"{key} = \"***\": there is no such setting; did you mean {meant}?");
    }

    [TestCase("ConnectionString:Redis", "ConnectionStrings")]
    [TestCase("Connection_Strings:RabbitMq", "ConnectionStrings")]
    [TestCase("Didt:WorkflowId", "Didit")]
    [TestCase("StartVerifcation:Queue", "StartVerification")]
    public void So_is_a_section_that_was_meant(string key, string meant) =>
        Fault(key, "s3cret").ShouldBe($"{key.Split(':')[0]} = \"***\": there is no such section; did you mean {meant}?");

    // Of a shell, of another program of the pod, of Aspire, of Kubernetes.
    [TestCase("REDIS", "redis://other/0")]
    [TestCase("Redis", "x")]
    [TestCase("STATUS", "ok")]
    [TestCase("DIDIT", "x")]
    [TestCase("RABBITMQ", "x")]
    [TestCase("StartVerification", "x")]
    [TestCase("IDEMPOTENCY", "x")]
    [TestCase("CONNECTIONSTRINGS", "x")]
    [TestCase("STATUS:", "x")]
    [TestCase("REDIS_PORT", "tcp://10.0.0.1:6379")]
    [TestCase("REDIS_SERVICE_HOST", "10.0.0.1")]
    [TestCase("ConnectionStrings:Other", "x")]
    [TestCase("ConnectionStrings:Media", "x")]
    [TestCase("ConnectionStrings:messaging", "amqp://x")]
    [TestCase("ConnectionString", "x")]
    [TestCase("State:x", "x")]
    public void A_setting_of_another_program_is_passed_over(string key, string value) =>
        With((key, value)).Redis.ShouldBe("localhost:6379");

    [Test]
    public void Another_programs_redis_is_passed_over_where_the_worker_has_its_own()
    {
        With(("ConnectionStrings:RedisCache", "other:6379"), ("ConnectionStrings:Redis", "mine:6379")).Redis.ShouldBe("mine:6379");
        Refused(("ConnectionStrings:Redis1", "other:6379"), ("ConnectionStrings:Redis", "mine:6379")).Faults.ShouldHaveSingleItem();
    }

    [Test]
    public void Case_makes_no_difference() =>
        With(("CONNECTIONSTRINGS:REDIS", "mine:6379"), ("connectionstrings:rabbitmq", "amqp://mine/")).Redis.ShouldBe("mine:6379");

    [Test]
    public void Settings_of_others_do_no_harm() =>
        With(("Logging:LogLevel:Default", "Debug"), ("PATH", "/bin"), ("ConnectionStrings:Other", "x"))
        .Didit.ApiKey.ShouldBe("api-key");
}
