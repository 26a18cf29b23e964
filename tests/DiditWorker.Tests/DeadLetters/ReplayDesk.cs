using System.Text;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Protocol;
using RabbitMQ.Client;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Replays at a <see cref="Desk"/>, where a worker answers whatever comes into the input queue, and leaves it there.</summary>
internal sealed class ReplayDesk : IAsyncDisposable
{
    public static readonly ReplayOptions Options = new() { Target = Desk.Input, Run = "run-1", Reason = "Didit was down" };

    public ReplayDesk() => Broker.Arrived = (queue, properties) =>
    {
        if (queue == Desk.Input && Answers)
        {
            Answer(properties.MessageId!);
        }
    };

    public Desk Desk { get; } = new();

    public MemoryBroker Broker => Desk.Broker;

    public HastyTime Time { get; } = new(Desk.Now);

    /// <summary>Whether there is a worker.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>The code that the worker rejects a message with; null: it makes a session.</summary>
    public Func<string, string?> Rejects { get; set; } = _ => null;

    /// <summary>Replays all that lies in the error queue.</summary>
    public Task<ReplayReport> RunAsync(ReplayOptions? options = null, CancellationToken cancellation = default) =>
        RunAsync(new ReplayRun(Desk.Queues, options ?? Options, Time), cancellation);

    /// <summary>The same, where the report is wanted of a run that fails.</summary>
    public async Task<ReplayReport> RunAsync(ReplayRun run, CancellationToken cancellation = default)
    {
        var references = Broker.In(Desk.Error).Select(message => DeadLetterReader.Reference(message.Properties, message.Body));
        var selection = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal) { [Desk.Error] = [.. references] };
        await run.RunAsync(Broker, selection, () => { }, cancellation);
        return run.Report;
    }

    /// <summary>Answers as a worker.</summary>
    public void Answer(string id)
    {
        var (key, code) = (IdempotencyKey.Create("start-verification", id), Rejects(id));
        Broker.Broadcast(
            "DiditWorker.Contracts:VerificationSession" + (code is null ? "Created" : "Rejected"), new BasicProperties(),
            Encoding.UTF8.GetBytes($$$"""{"message":{"idempotencyKey":"{{{key}}}","code":"{{{code}}}"}}"""));
    }

    public ValueTask DisposeAsync() => Desk.DisposeAsync();
}
