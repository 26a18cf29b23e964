using System.Collections.Concurrent;
using System.Diagnostics;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;
using DiditWorker.Protocol;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Stage = DiditWorker.Benchmarks.Running.Stage;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>From publishing a new message to its answer, under a steady load well below what the machine can do.</summary>
internal static class Latency
{
    private const int Fewest = 60;
    private const int AfterStart = 200;
    // The others do not say in an answer which message it is for.
    private static readonly string[] Measurable = [Contender.Raw, Contender.Worker];
    private static readonly int[] Rates = [1, 50, 200, 1_000];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings, string results)
    {
        var rows = new List<(int Rate, string Contender, double P50, double P95, double P99, int Answers)>();
        foreach (var rate in Rates)
        {
            foreach (var contender in Measurable)
            {
                var times = await MeasureAsync(stage, contender, settings, rate, WarmUp);
                rows.Add((rate, contender, Statistics.Percentile(times, 0.5), Statistics.Percentile(times, 0.95),
                    Statistics.Percentile(times, 0.99), times.Count));
                var row = rows[^1];
                Progress.Say($"{rate}/s, {contender}: {row.P50:0.0}, {row.P95:0.0}, {row.P99:0.0} ms (50, 95, 99 %) of {times.Count}");
            }
        }

        Line Of(string name, string contender, Func<(int Rate, string Contender, double P50, double P95, double P99, int Answers),
            double> value) =>
            new(name, [.. rows.Where(r => r.Contender == contender).Select(r => ((double)r.Rate, value(r)))]);
        new LineChart("From publishing to the answer, Didit at 0 ms", "new messages/s", "ms", false,
        [
            Of("DiditWorker 50 %", Contender.Worker, r => r.P50), Of("DiditWorker 99 %", Contender.Worker, r => r.P99),
            Of("raw 50 %", Contender.Raw, r => r.P50), Of("raw 99 %", Contender.Raw, r => r.P99),
        ]).Save(results, "latency");
        return Table.Write(
            "From publishing a new message to its answer, in ms", ["messages/s", "contender", "50 %", "95 %", "99 %", "answers"],
            rows.Select(r => new[] { $"{r.Rate}", r.Contender, $"{r.P50:0.0}", $"{r.P95:0.0}", $"{r.P99:0.0}", $"{r.Answers}" }))
            + "\n" + await AfterStartAsync(stage, settings);
    }

    // The load is there before the process is.
    private static async Task<string> AfterStartAsync(Stage stage, ContenderSettings settings)
    {
        var rows = new List<string[]>();
        foreach (var contender in Measurable)
        {
            var times = await MeasureAsync(stage, contender, settings, AfterStart, TimeSpan.Zero);
            rows.Add(
                [
                    contender, .. ((double[])[0.5, 0.95, 0.99]).Select(share => $"{Statistics.Percentile(times, share):0}"),
                    $"{times.Count}",
                ]);
            Progress.Say($"just started, {contender}: {string.Join(", ", rows[^1].Skip(1))}");
        }

        return Table.Write(
            $"The same in the first {Measured.TotalSeconds:0} s of a process, its start included, at {AfterStart} messages/s",
            ["contender", "50 %", "95 %", "99 %", "answers"], rows);
    }

    private static async Task<IReadOnlyList<double>> MeasureAsync(
        Stage stage, string contender, ContenderSettings settings, int rate, TimeSpan warmUp)
    {
        await stage.ResetAsync();
        await using var process = ContenderProcess.Start(Entry.Plain(contender), settings);
        await using var connection = await new ConnectionFactory { Uri = new Uri(settings.RabbitMq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var sent = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var times = new ConcurrentQueue<double>();
        var answers = 0;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, answer) =>
        {
            if (sent.TryRemove(answer.BasicProperties.CorrelationId!, out var at)
                && Interlocked.Increment(ref answers) > rate * warmUp.TotalSeconds)
            {
                times.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }

            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(Queues.Answers, autoAck: true, consumer);
        await PublishAsync(connection, sent, rate, Math.Max(Fewest, (int)((warmUp + Measured).TotalSeconds * rate)));
        await Measuring.FallsToAsync(() => Task.FromResult((uint)sent.Count), 0);
        return [.. times.Order()];
    }

    // Evenly, and late rather than never where the machine was busy: a wait counts from when the message was due.
    private static async Task PublishAsync(IConnection connection, ConcurrentDictionary<string, long> sent, int rate, int total)
    {
        await using var channel = await connection.CreateChannelAsync();
        var begin = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Tick);
        for (var number = 0; number < total;)
        {
            for (; number < total && number < Stopwatch.GetElapsedTime(begin).TotalSeconds * rate; number++)
            {
                var message = Message.Of(number);
                sent[IdempotencyKey.Create(new IdempotencyOptions().Scope, message.Id).ToString()] = begin
                    + (long)((double)number / rate * Stopwatch.Frequency);
                await Queues.PublishAsync(channel, message);
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
