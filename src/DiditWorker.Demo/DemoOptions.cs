using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DiditWorker.Operations.Broker;
using DiditWorker.Redis;

namespace DiditWorker.Demo;

/// <summary>What the command line asks for.</summary>
public sealed record DemoOptions
{
    /// <summary>Different requests.</summary>
    public required int Messages { get; init; }

    /// <summary>Each is published once to this many times.</summary>
    public required int Deliveries { get; init; }

    /// <summary>Share of creates, in percent, that are disturbed.</summary>
    public required int Faults { get; init; }

    /// <summary>Instead of all that: a batch of so many requests, and beside it those that somebody waits for; 0: none.</summary>
    public int Bulk { get; init; }

    /// <summary>Stay up afterwards.</summary>
    public required bool KeepRunning { get; init; }

    /// <summary>Instead of the in-memory bus.</summary>
    public required string? RabbitMq { get; init; }

    /// <summary>Instead of the embedded Garnet.</summary>
    public required string? Redis { get; init; }

    /// <summary>Instead of the simulator.</summary>
    public required string? Didit { get; init; }

    /// <summary>The command line; <paramref name="run"/> gets what was asked for and returns the exit code.</summary>
    public static RootCommand Command(Func<DemoOptions, CancellationToken, Task<int>> run)
    {
        var messages = Number("--messages", "Different requests to publish", 200, 1, 100_000);
        var deliveries =
            Number("--deliveries", "Each request is published once to this many times, in random order and at the same time", 5, 1, 100);
        var faults =
            Number("--faults", "Percent of creates that are disturbed: an answer lost after the session was made, a reset, a 503", 20, 0,
                90);
        var bulk = Number(
            "--bulk", "Instead: a batch of so many requests, beside it a trickle of urgent ones, and how long both wait; 0: none", 0, 0,
            10_000);
        var keepRunning = new Option<bool>("--keep-running") { Description = "Stay up afterwards, until Ctrl+C" };
        var rabbitMq = new Option<string?>("--rabbitmq")
        { Description = "A real broker, as amqp://user:password@host:port/ (default: in memory)" };
        var redis = new Option<string?>("--redis") { Description = "A real Redis, as host:port (default: Garnet in this process)" };
        var didit = new Option<string?>("--didit")
        {
            Description = "A real Didit, as its base address, with Didit__ApiKey and Didit__WorkflowId in the environment; "
                + "it makes real sessions, and no faults (default: the simulator in this process)",
        };
        rabbitMq.Validators.Add(result => Check(result, text => BrokerAddress.TryParse(text, out _, out var problem) ? null : problem));
        redis.Validators.Add(result => Check(result, text => IsRedis(text) ? null : "expected host:port, in StackExchange.Redis syntax"));
        didit.Validators.Add(result => Check(
            result, text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? null
                : "expected an http or https address"));
        var command =
            new RootCommand(
                "Publishes StartVerification messages, several times each, with faults, and checks that each has one session and one "
                    + "answer.")
        {
            messages, deliveries, faults, bulk, keepRunning, rabbitMq, redis, didit,
        };
        command.SetAction((parsed, cancellation) => run(
            new()
            {
                Messages = parsed.GetValue(messages),
                Deliveries = parsed.GetValue(deliveries),
                Faults = parsed.GetValue(faults),
                Bulk = parsed.GetValue(bulk),
                KeepRunning = parsed.GetValue(keepRunning),
                RabbitMq = parsed.GetValue(rabbitMq),
                Redis = parsed.GetValue(redis),
                Didit = parsed.GetValue(didit),
            },
            cancellation));
        return command;
    }

    // The value is not quoted: it may hold a password.
    private static void Check(OptionResult result, Func<string, string?> problem)
    {
        if (result.Tokens.Count == 1 && problem(result.Tokens[0].Value) is { } words)
        {
            result.AddError($"{result.Option.Name}: {words}");
        }
    }

    private static bool IsRedis(string text)
    {
        try
        {
            return RedisConnection.Options(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Option<int> Number(string name, string description, int fallback, int from, int to)
    {
        var option = new Option<int>(name) { Description = $"{description} ({from} to {to})", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
                && (value < from || value > to))
            {
                result.AddError($"{name} {value}: expected a whole number from {from} to {to}");
            }
        });
        return option;
    }
}
