using System.Net.Sockets;
using System.Text;
using DiditWorker.Didit;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_a_message_waits_for_a_pause
{
    private const string Held = "order-held";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    // Redis itself is watched: each line is a round trip, but for what a script does.
    [Test]
    public async Task It_asks_redis_once_before_and_once_after_it_and_not_at_all_meanwhile()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:RefusedPause"] = Pause.ToString("c");
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 401 });
        var pipeline = (await arena.StartWorkerAsync()).Services.GetRequiredService<DiditPipeline>();
        await arena.Broker.PublishRawAsync("order-first", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(IsPaused(pipeline)), Bound, "the first one has made it pause");
        arena.Didit.State.ClearFaults();

        using var watching = await WatchAsync(arena.Redis.ConnectionString.Split(',')[0]);
        await arena.Broker.PublishRawAsync(Held, """{"vendorData":"user-2"}""");
        await arena.Broker.UntilAnswersAsync(2);

        var lines = await watching.LinesAsync(arena.RedisKey(Held));
        IsPaused(pipeline).ShouldBeFalse();
        lines.Count(line => line.Contains("\"forget\"", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', lines));
        lines.Count.ShouldBe(4, "a claim, a release, a claim and the answer:\n" + string.Join('\n', lines));
    }

    private static bool IsPaused(DiditPipeline pipeline) => (pipeline.Creates.Gate.Current ?? pipeline.Reads.Gate.Current) is not null;

    private static async Task<Watching> WatchAsync(string address)
    {
        var parts = address.Split(':');
        var client = new TcpClient();
        await client.ConnectAsync(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        await client.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray());
        var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        (await reader.ReadLineAsync().WaitAsync(Bound)).ShouldBe("+OK");
        return new(client, reader);
    }

    private sealed class Watching(TcpClient client, StreamReader reader) : IDisposable
    {
        /// <summary>
        /// What clients had run of this key up to now: a script by its text (EVAL) when it runs for the first time, then by its hash.
        /// </summary>
        public async Task<IReadOnlyList<string>> LinesAsync(string key)
        {
            var mark = $"mark-{Guid.NewGuid():N}";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PING {mark}\r\n"));
            var lines = new List<string>();
            while (await reader.ReadLineAsync().WaitAsync(Bound) is { } line && !line.Contains(mark, StringComparison.Ordinal))
            {
                lines.Add(line);
            }

            return [.. lines.Where(line => line.Contains(key, StringComparison.Ordinal)
                && !line.Contains(" lua]", StringComparison.Ordinal) && line.Contains("\"EVAL", StringComparison.Ordinal))];
        }

        public void Dispose()
        {
            reader.Dispose();
            client.Dispose();
        }
    }
}
