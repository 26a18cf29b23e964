using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_redis_says_why_it_refuses
{
    // In the words of Redis 8, and of those before 7, which put them into another text.
    [TestCase("OOM command not allowed when used memory > 'maxmemory'. script: b4b1, on @user_script:4.", "OOM", "maxmemory")]
    [TestCase("ERR Error running script (call to f_12): @user_script:4: @user_script: 4: "
        + "-OOM command not allowed when used memory > 'maxmemory'.", "OOM", "maxmemory")]
    [TestCase("READONLY You can't write against a read only replica. script: b4b1, on @user_script:4.", "READONLY", "Sentinel")]
    [TestCase("NOREPLICAS Not enough good replicas to write.", "NOREPLICAS", "min-replicas-to-write")]
    [TestCase("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", "MISCONF", "disk")]
    [TestCase("NOPERM User worker has no permissions to run the 'evalsha' command", "NOPERM", "users.template.acl")]
    [TestCase("ERR ACL failure in script: User worker has no permissions to run the 'set' command script: b4b1, on @user_script:4.",
        "NOPERM", "users.template.acl")]
    [TestCase("ERR The user executing the script can't run this command or subcommand script: b4b1", "NOPERM", "users.template.acl")]
    [TestCase("WRONGPASS invalid username-password pair or user is disabled.", "WRONGPASS", "ConnectionStrings:Redis")]
    [TestCase("NOAUTH Authentication required.", "NOAUTH", "ConnectionStrings:Redis")]
    [TestCase("LOADING Redis is loading the dataset in memory", "LOADING", "wait")]
    [TestCase("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", "BUSY", "SCRIPT KILL")]
    [TestCase("CLUSTERDOWN The cluster is down", "CLUSTERDOWN", "CLUSTER NODES")]
    [TestCase("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "MASTERDOWN", "primary")]
    [TestCase("NEWCODE something of tomorrow", "NEWCODE", "Redis' log")]
    public void Its_words_are_kept_and_it_is_said_what_to_do(string message, string code, string action)
    {
        var refusal = RedisRefusal.Of(new InvalidOperationException("outer", Says(message))).ShouldNotBeNull();

        (refusal.Code, refusal.Words).ShouldBe((code, message));
        refusal.Action.ShouldContain(action);
        RedisConnection.IsUnavailable(Says(message)).ShouldBeTrue();
    }

    // As the client tells of a login: it has become a connection that failed.
    [Test]
    public void A_login_that_is_refused_is_found_behind_a_failed_connection()
    {
        var server = new InvalidOperationException(
            "SimpleError: NOAUTH Authentication required. Verify if the Redis password provided is correct. Attempted command: ECHO");
        var login = new RedisConnectionException(
            ConnectionFailureType.AuthenticationFailure, CommandFlags.None, "on 127.0.0.1:6379", server);

        var refusal = RedisRefusal.Of(
            new RedisConnectionException(
                ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None, "no connection", login)).ShouldNotBeNull();

        (refusal.Code, refusal.Words, refusal.IsOfRights).ShouldBe(("NOAUTH", "NOAUTH Authentication required", true));
    }

    // The client calls a TLS handshake that fails by the same name.
    [Test]
    public void A_certificate_that_is_not_trusted_is_no_login() => RedisRefusal.Of(new RedisConnectionException(
        ConnectionFailureType.AuthenticationFailure, CommandFlags.None, "on 127.0.0.1:6379",
        new System.Security.Authentication.AuthenticationException("The remote certificate was rejected"))).ShouldBeNull();

    // Among the arguments may be an answer, and with it a URL.
    [Test]
    public void Arguments_of_a_command_are_left_out() =>
        RedisRefusal.InWords(Says(
            "ERR unknown command 'EVALSHA', with args beginning with: 'abc' '1' 'https://verify.didit.me/session/planted'"))
            .ShouldBe("ERR unknown command 'EVALSHA'");

    [Test]
    public void They_are_one_line_of_bounded_length() =>
        RedisRefusal.InWords(Says("ERR a\r\nb" + new string('x', 5000))).ShouldBe("ERR a  b" + new string('x', 192) + "…");

    [Test]
    public void Where_it_did_not_answer_there_are_none()
    {
        RedisRefusal.Of(new TimeoutException("planted")).ShouldBeNull();
        RedisRefusal.InWords(new TimeoutException("planted")).ShouldBe("TimeoutException");
    }

    private static RedisServerException Says(string message) => new(RedisErrorKind.Unknown, CommandFlags.None, message);
}
