using System.Collections.Concurrent;
using System.Globalization;
using DiditWorker.Contracts;
using DiditWorker.Messaging;
using MassTransit;
using Spectre.Console;

namespace DiditWorker.Demo;

/// <summary>A batch that fills the queue, and beside it requests that somebody waits for: how long each of them waits.</summary>
public sealed class BulkRun(DemoOptions options, AnswerBook book, IAnsiConsole console)
{
    /// <summary>Creates a minute, ten times as many as the real Didit allows, so that nobody has to watch for long.</summary>
    public const int PerMinute = 3000;

    private const byte Urgent = 9;

    // The bus in memory hands out messages in the order of their coming. So the batch comes as the worker takes it, as from a broker that
    // sorts.
    private const int MaxAhead = 100;
    private static readonly TimeSpan Trickle = TimeSpan.FromMilliseconds(400);
    private readonly string _run = NewId.NextGuid().ToString("N")[..8];
    private readonly ConcurrentDictionary<Guid, (bool Urgent, DateTimeOffset At)> _published = [];

    /// <summary>Publishes, waits, prints.</summary>
    /// <returns>Whether every message has exactly one session and one answer.</returns>
    public async Task<bool> RunAsync(DemoEnvironment environment, CancellationToken cancellation)
    {
        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var answered = progress.AddTask($"a batch of {options.Bulk}, {PerMinute} creates a minute", maxValue: options.Bulk);
                var batch = PublishBatchAsync(environment.Bus, cancellation);
                using var timer = new PeriodicTimer(Trickle);
                while (book.Answers < options.Bulk && await timer.WaitForNextTickAsync(cancellation))
                {
                    await PublishAsync(environment.Bus, urgent: true, TimeProvider.System.GetUtcNow(), cancellation);
                    answered.Value = book.Answers;
                }

                await batch;
                await DemoRun.WaitAsync(book, _published.Count, answered, cancellation);
            });
        Print();
        return new DemoReport(options with { Messages = _published.Count }, _published.Count, book, environment.Simulator?.State)
            .Print(console);
    }

    // All of it waits since it began.
    private async Task PublishBatchAsync(IBus bus, CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetUtcNow();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < options.Bulk; i++)
        {
            while (options.RabbitMq is null && _published.Count - book.Answers >= MaxAhead)
            {
                await look.WaitForNextTickAsync(cancellation);
            }

            await PublishAsync(bus, urgent: false, begun, cancellation);
        }
    }

    private Task PublishAsync(IBus bus, bool urgent, DateTimeOffset at, CancellationToken cancellation)
    {
        var id = NewId.NextGuid();
        _published[id] = (urgent, at);
        return bus.Publish(
            new StartVerification { VendorData = $"demo-{_run}-{_published.Count}", Language = "en" },
            Pipe.Execute<PublishContext<StartVerification>>(context =>
            {
                context.MessageId = id;
                if (urgent)
                {
                    context.Headers.Set(BusContexts.PriorityHeader, Urgent);
                    context.TrySetPriority(Urgent);
                }
            }),
            cancellation);
    }

    private void Print()
    {
        var table = new Table().AddColumns("from publication to the answer", "requests", "50 %", "99 %", "all");
        foreach (var urgent in (bool[])[true, false])
        {
            var waits = _published.Where(one => one.Value.Urgent == urgent)
                .Select(one => (book.AnsweredAt(one.Key.ToString("D")) - one.Value.At)?.TotalSeconds).OfType<double>().Order().ToList();
            table.AddRow(
                urgent ? "urgent, one every 0.4 s" : "the batch", waits.Count.ToString(CultureInfo.InvariantCulture),
                At(waits, 0.5), At(waits, 0.99), At(waits, 1));
        }

        console.Write(table);
    }

    private static string At(List<double> waits, double share) => waits.Count == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{waits[(int)Math.Ceiling(waits.Count * share) - 1]:0.00} s");
}
