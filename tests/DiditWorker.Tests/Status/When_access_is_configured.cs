using DiditWorker.Status;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Status;

public sealed class When_access_is_configured
{
    [Test]
    public void Only_this_machine_sees_the_page_unless_told_otherwise() =>
        With().Status.ShouldBe(new StatusOptions { Access = StatusAccessRule.Loopback, Token = null });

    [TestCase("Off", StatusAccessRule.Off)]
    [TestCase("loopback", StatusAccessRule.Loopback)]
    [TestCase("Anyone", StatusAccessRule.Anyone)]
    public void It_is_read(string value, StatusAccessRule expected) => With(("Status:Access", value)).Status.Access.ShouldBe(expected);

    [TestCase("Everyone")]
    [TestCase("3")]
    public void There_is_no_other(string value) =>
        Fault("Status:Access", value).ShouldBe($"Status:Access = \"{value}\": expected one of Off, Loopback, Token, Anyone");

    [Test]
    public void A_token_may_stand_in_the_setting() =>
        With(("Status:Access", "Token"), ("Status:Token", "0123456789abcdef"))
            .Status.ShouldBe(new StatusOptions { Access = StatusAccessRule.Token, Token = "0123456789abcdef" });

    [Test]
    public void Or_in_a_file()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "0123456789abcdef\n");
            With(("Status:Access", "Token"), ("Status:TokenFile", path)).Status.Token!.Reveal().ShouldBe("0123456789abcdef");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void It_is_required() =>
        Refused(("Status:Access", "Token")).Faults.ShouldHaveSingleItem().ShouldStartWith("Status:Token = (not set): ");

    [TestCase("s3cret-15-chars")]
    [TestCase("s3cret with blanks in it")]
    [TestCase("s3crét-0123456789")]
    [TestCase("s3cret-0123456789\u0007")]
    public void One_that_is_easily_guessed_or_that_no_header_can_carry_is_refused_and_not_shown(string token)
    {
        var fault = Refused(("Status:Access", "Token"), ("Status:Token", token)).Faults.ShouldHaveSingleItem();

        fault.ShouldStartWith("Status:Token = \"***\": ");
        fault.ShouldNotContain("s3cr");
    }

    [TestCase(null)]
    [TestCase("Off")]
    [TestCase("Loopback")]
    [TestCase("Anyone")]
    public void One_that_would_protect_nothing_is_refused(string? access)
    {
        var fault = Refused(("Status:Access", access), ("Status:Token", "s3cret-0123456789")).Faults.ShouldHaveSingleItem();

        fault.ShouldStartWith("Status:Token = \"***\": ");
        fault.ShouldContain($"Status:Access = {access ?? "Loopback"}");
        fault.ShouldNotContain("s3cret");
    }

    [Test]
    public void A_typing_error_is_noticed() => Fault("Status:Acess", "Off").ShouldStartWith("Status:Acess = ");
}
