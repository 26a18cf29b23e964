using DiditWorker.Contracts;
using DiditWorker.Simulator;
using MassTransit;
using Spectre.Console;

namespace DiditWorker.Demo;

/// <summary>Publishes, waits, counts.</summary>
public sealed class DemoRun(DemoOptions options, IAnsiConsole console)
{
    // Fixed, so that two runs publish in the same order and are disturbed alike.
    private const int Seed = 20261124;

    private readonly string _run = NewId.NextGuid().ToString("N")[..8];

    /// <summary>Runs the demo.</summary>
    /// <returns>
    /// 0 if every message has exactly one session and one answer; 1 if not, or if a server does not let the demo in; 78 if a setting is
    /// wrong.
    /// </returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var book = new AnswerBook();
        try
        {
            await using var environment = await DemoEnvironment.StartAsync(options, book, cancellation);
            var good = options.Bulk > 0
                ? await new BulkRun(options, book, console).RunAsync(environment, cancellation)
                : await DisturbAsync(environment, book, cancellation);
            if (options.KeepRunning)
            {
                console.MarkupLineInterpolated($"Keeps running (simulator: {environment.Simulator?.Address}); Ctrl+C ends it.");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return good ? 0 : 1;
        }
        catch (ServerException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (InvalidConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 78;
        }
    }

    private async Task<bool> DisturbAsync(DemoEnvironment environment, AnswerBook book, CancellationToken cancellation)
    {
        Disturb(environment.Simulator);
        var deliveries = Deliveries();
        await PublishAndWaitAsync(environment, book, deliveries, cancellation);
        return new DemoReport(options, deliveries.Count, book, environment.Simulator?.State).Print(console);
    }

    private void Disturb(SimulatorServer? simulator)
    {
        if (simulator is null || options.Faults == 0)
        {
            return;
        }

        // Half of the faults are the hard one: the session is made and the answer is lost.
        var share = options.Faults / 100.0;
        Add(FaultKind.TimeoutAfterCreate, share * 0.5, status: null);
        Add(FaultKind.ResetAfterCreate, share * 0.25, status: null);
        Add(FaultKind.Status, share * 0.25, status: 503);

        void Add(FaultKind kind, double probability, int? status) => simulator.State.AddFault(new FaultRule
        {
            Operation = DiditOperation.Create, Kind = kind, Probability = probability, Seed = Seed + (int)kind, Status = status,
        });
    }

    private List<int> Deliveries()
    {
        var random = new Random(Seed);
        var all = Enumerable.Range(0, options.Messages)
            .SelectMany(message => Enumerable.Repeat(message, random.Next(1, options.Deliveries + 1))).ToArray();
        random.Shuffle(all);
        return [.. all];
    }

    private async Task PublishAndWaitAsync(
        DemoEnvironment environment, AnswerBook book, List<int> deliveries, CancellationToken cancellation)
    {
        var ids = Enumerable.Range(0, options.Messages).Select(_ => NewId.NextGuid()).ToArray();
        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var published =
                    progress.AddTask($"publish {deliveries.Count} deliveries of {options.Messages} messages", maxValue: deliveries.Count);
                var answered = progress.AddTask("deliveries answered", maxValue: deliveries.Count);
                await Parallel.ForEachAsync(
                    deliveries, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation },
                    async (message, token) =>
                {
                    await PublishAsync(environment.Bus, message, ids[message], token);
                    published.Increment(1);
                    answered.Value = book.Answers;
                });
                await WaitAsync(book, deliveries.Count, answered, cancellation);
            });
    }

    private Task PublishAsync(IBus bus, int message, Guid id, CancellationToken cancellation) => bus.Publish(
        new StartVerification { VendorData = $"demo-{_run}-{message}", Language = "en" },
        Pipe.Execute<PublishContext<StartVerification>>(context => context.MessageId = id),
        cancellation);

    // Bounded by standstill, not by time: a slow machine may take long, a lost answer never comes.
    internal static async Task WaitAsync(AnswerBook book, int expected, ProgressTask answered, CancellationToken cancellation)
    {
        var (last, since) = (-1, TimeProvider.System.GetTimestamp());
        while (book.Answers < expected && TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(1))
        {
            if (book.Answers != last)
            {
                (last, since) = (book.Answers, TimeProvider.System.GetTimestamp());
            }

            answered.Value = book.Answers;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }

        answered.Value = book.Answers;
    }
}
