using DiditWorker.Operations.Broker;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_the_broker_refuses_a_right
{
    [TestCase("configure access to queue 'start-verification' in vhost 'didit' refused for user 'diditworker'",
        "read queue 'start-verification'")]
    [TestCase("configure access to queue 'start-verification_error' in vhost 'didit' refused for user 'diditworker'",
        "write queue 'start-verification_error'")]
    [TestCase("configure access to exchange 'start-verification_error' in vhost 'didit' refused for user 'diditworker'",
        "write exchange 'start-verification_error'")]
    [TestCase("read access to queue 'start-verification' in vhost 'didit' refused for user 'diditworker'",
        "read queue 'start-verification'")]
    [TestCase("access to queue 'start-verification' in vhost 'didit' refused for user 'diditworker'", "read queue 'start-verification'")]
    [TestCase("access to exchange 'A:B' in vhost 'didit' refused for user 'diditworker'", "write exchange 'A:B'")]
    [TestCase("write access to exchange 'A:B' in vhost 'didit' refused for user 'diditworker'", "write exchange 'A:B'")]
    public void Health_says_what_to_grant(string words, string right) =>
        RefusedRight.ActionFor($"ACCESS_REFUSED - {words}").ShouldNotBeNull()
            .ShouldStartWith($"grant user 'diditworker' the right to {right} in virtual host 'didit'");

    [TestCase(null)]
    [TestCase("Not ready: not started")]
    [TestCase("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.")]
    public void Of_anything_else_it_says_nothing(string? words) => RefusedRight.ActionFor(words).ShouldBeNull();
}
