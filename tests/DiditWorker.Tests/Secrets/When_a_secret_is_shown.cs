using System.Text.Json;
using DiditWorker.Secrets;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Secrets;

public sealed class When_a_secret_is_shown
{
    private static readonly Secret Password = new("s3cret");

    [Test]
    public void It_is_hidden()
    {
        $"{Password}".ShouldBe("***");
        JsonSerializer.Serialize(Password).ShouldNotContain("s3cret");
    }

    [Test]
    public void So_is_what_holds_one() => Only(("Didit:ApiKey", "s3cret"), ("ConnectionStrings:RabbitMq", "amqp://u:s3cret@rabbit/"),
        ("ConnectionStrings:Redis", "redis,password=s3cret"))
        .ShouldSatisfyAllConditions(
            settings => $"{settings.Didit} {settings.RabbitMq} {settings.RabbitMqOptions.Connection} {settings.RedisOptions.Connection}"
                .ShouldNotContain("s3cret"),
            settings => settings.RabbitMq.Password.Reveal().ShouldBe("s3cret"));

    [Test]
    public void It_is_equal_to_the_same_text_alone()
    {
        Password.ShouldBe(new("s3cret"));
        Password.ShouldNotBe(new("S3cret"));
    }
}
