using System.Text;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Tests.Hosting;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_the_broker_has_moved_a_message
{
    private const long At = 1_764_000_000;

    private static readonly DeadLetterReader Reader = Configured.Reader();

    [Test]
    public void It_tells_of_the_limit_and_when()
    {
        var letter = Read(("x-death", Deaths(Death("delivery_limit"))));

        letter.Group.ShouldBe("DeliveryLimit");
        letter.FaultMessage.ShouldBe("the broker moved it out of start-verification after as many returns as a delivery limit allows");
        letter.FaultedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(At));
    }

    [Test]
    public void Of_several_deaths_the_newest_counts() =>
        Read(("x-death", Deaths(Death("expired"), Death("delivery_limit"))))
            .Group.ShouldBe("TimeToLive");

    // By AMQP's expiration, or a queue's own time to live: nobody has answered it.
    [Test]
    public void It_tells_of_a_time_to_live()
    {
        var letter = Read(("x-death", Deaths(Death("expired"))));

        (letter.Group, letter.FaultMessage).ShouldBe(("TimeToLive",
            "the broker moved it out of start-verification, unanswered, since it had expired before a worker took it"));
    }

    [Test]
    public void Another_reason_is_named() => Read(("x-death", Deaths(Death("maxlen"))))
        .FaultMessage.ShouldBe("the broker moved it out of start-verification (maxlen)");

    [Test]
    public void What_was_parked_for_being_returned_too_often_is_in_the_same_group() =>
        Read(("MT-Fault-ExceptionType", "DiditWorker.Verification.ReturnToQueueException")).Group.ShouldBe("DeliveryLimit");

    // A publisher's own queue for delays leaves such a header behind.
    [Test]
    public void A_message_that_was_skipped_or_parked_tells_why_itself()
    {
        Read(("MT-Reason", "dead-letter"), ("x-death", Deaths(Death("expired")))).Group.ShouldBe("Skipped");
        Read(("MT-Fault-ExceptionType", "A.TimeoutException"), ("x-death", Deaths(Death("expired")))).Group.ShouldBe("Timeout");
    }

    [Test]
    public void A_header_that_no_broker_writes_is_passed_over()
    {
        foreach (var header in (object?[])[null, "text"u8.ToArray(), 5L, new List<object?>(), new List<object?> { 5L }, Deaths([])])
        {
            Read(("x-death", header)).Group.ShouldBe("Skipped");
        }
    }

    [Test]
    public void A_time_that_there_is_not_is_none()
    {
        var death = Death("delivery_limit");
        death["time"] = new AmqpTimestamp(long.MaxValue);
        Read(("x-death", Deaths(death))).FaultedAt.ShouldBeNull();
    }

    [Test]
    public void A_second_time_is_another_letter()
    {
        var again = Death("delivery_limit");
        again["time"] = new AmqpTimestamp(At + 60);
        Read(("x-death", Deaths(again))).Reference.ShouldNotBe(Read(("x-death", Deaths(Death("delivery_limit")))).Reference);
    }

    private static DeadLetter Read(params (string Name, object? Value)[] headers) => Reader.Read(
        "start-verification_error",
        new BasicProperties
        { MessageId = "order-1", Headers = headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal) },
        """{"vendorData":"x"}"""u8.ToArray());

    private static List<object?> Deaths(params Dictionary<string, object?>[] deaths) => [.. deaths];

    private static Dictionary<string, object?> Death(string reason) => new(StringComparer.Ordinal)
    {
        ["reason"] = Encoding.UTF8.GetBytes(reason), ["queue"] = "start-verification"u8.ToArray(), ["count"] = 1L,
        ["time"] = new AmqpTimestamp(At),
    };
}
