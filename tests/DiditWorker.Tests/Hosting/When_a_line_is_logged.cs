using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Hosting;
using DiditWorker.Messaging;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Shouldly;
using ZLogger;

namespace DiditWorker.Tests.Hosting;

/// <summary>What log collectors see: the members that .NET's own JSON console writes, under the same names.</summary>
public sealed class When_a_line_is_logged
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    [Test]
    public void It_is_one_JSON_object_with_level_category_event_and_message()
    {
        var line = Logged(logger => logger.LogWarning(new EventId(17), "a queue has {Count} messages", 3));

        line.GetProperty("LogLevel").GetString().ShouldBe("Warning");
        line.GetProperty("Category").GetString().ShouldBe("DiditWorker.Example");
        line.GetProperty("EventId").GetInt32().ShouldBe(17);
        line.GetProperty("Message").GetString().ShouldBe("a queue has 3 messages");
        line.GetProperty("State").GetProperty("Count").GetInt32().ShouldBe(3);
        line.GetProperty("Timestamp").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
    }

    [Test]
    public void A_key_and_a_choice_are_text_as_in_the_message()
    {
        var line = Logged(logger => logger.LogInformation("{Key}: {Outcome}", Key, Choice.LookUpThenCreate));

        line.GetProperty("Message").GetString().ShouldBe($"{Key}: LookUpThenCreate");
        line.GetProperty("State").GetProperty("Key").GetString().ShouldBe(Key.ToString());
        line.GetProperty("State").GetProperty("Outcome").GetString().ShouldBe("LookUpThenCreate");
    }

    [Test]
    public void An_exception_is_there_with_its_name_and_message()
    {
        var line = Logged(logger => logger.LogError(new InvalidOperationException("too late"), "it failed"));

        line.GetProperty("Exception").GetProperty("Name").GetString().ShouldBe("System.InvalidOperationException");
        line.GetProperty("Exception").GetProperty("Message").GetString().ShouldBe("too late");
    }

    [Test]
    public void A_line_break_in_a_value_does_not_end_the_line() =>
        Logged(logger => logger.LogInformation("{Why}", "first\nsecond")).GetProperty("State").GetProperty("Why").GetString()
            .ShouldBe("first\nsecond");

    [Test]
    public void A_rejected_message_is_a_warning_of_few_bytes_with_id_key_code_and_reason()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<WorkerMetrics>().BuildServiceProvider();
        var delivery = new Delivery("order-1", Key, PublishedAt: null, MaybeAttempted: false);
        var line = Logged(factory => new DeliveryReporter(
                services.GetRequiredService<WorkerMetrics>(), new(TimeProvider.System), TimeProvider.System,
                new Logger<DeliveryReporter>(factory))
            .Ended(delivery, 0, DeliveryOutcomes.Rejected, TimeSpan.Zero, RejectionCodes.InvalidMessage, "vendorData: is missing"));

        line.GetProperty("Message").GetString().ShouldBe($"order-1 {Key}: rejected (InvalidMessage): vendorData: is missing");
        line.GetProperty("LogLevel").GetString().ShouldBe("Warning");
        line.TryGetProperty("State", out _).ShouldBeFalse("it would say all of it again");
    }

    // Exactly one line: more would not parse as one document.
    private static JsonElement Logged(Action<ILogger> log) => Logged(factory => log(factory.CreateLogger("DiditWorker.Example")));

    private static JsonElement Logged(Action<ILoggerFactory> log)
    {
        using var output = new MemoryStream();
        using (var factory =
            LoggerFactory.Create(
                logging => logging.AddZLoggerStream(output, options => options.UseFormatter(() => new ConsoleLog.Lines()))))
        {
            log(factory);
        }

        return JsonElement.Parse(output.ToArray());
    }
}
