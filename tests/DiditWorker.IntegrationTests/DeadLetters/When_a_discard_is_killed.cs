using System.Text;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.DeadLetters;

public sealed class When_a_discard_is_killed
{
    private const int Seed = 20261124;
    private const int Kills = 5;
    private const int Messages = 4_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Every_message_is_in_an_archive_or_in_the_queue()
    {
        using var folder = new TemporaryFolder();
        await using var arena = await Arena.OpenAsync();
        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkManyAsync(Messages, i => ($"order-{i}", $$"""{"vendorData":"user-{{i}}"}"""), "System.IO.IOException");
        var random = new Random(Seed);
        var inTheMiddle = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            // A random moment of the work, not of the clock; 500 messages or so at most.
            var archive = folder.File($"archive-{kill}");
            inTheMiddle += await KilledOnceItHasWrittenAsync(arena, archive, random.Next(300_000)) ? 1 : 0;
        }

        inTheMiddle.ShouldBe(Kills);
        var archived = folder.Files.SelectMany(Ids).ToList();
        var found = archived.ToHashSet(StringComparer.Ordinal);

        // The broker takes back what the killed ones held.
        await Eventually.UntilAsync(
            async () =>
            {
                found.UnionWith((await parking.TakeAllAsync()).Select(message => message.BasicProperties.MessageId!));
                return found.Count == Messages;
            },
            Bound, $"all {Messages} messages are in the archives ({archived.Count}) or in the queue");
        archived.Count.ShouldBeGreaterThan(0);
    }

    private static async Task<bool> KilledOnceItHasWrittenAsync(Arena arena, string archive, int bytes)
    {
        // Told of each write, since all of it takes a second or so.
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(archive)!, Path.GetFileName(archive));
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite;
        watcher.Changed += (_, _) => _ = new FileInfo(archive).Length > bytes && written.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using var command = OperatorProcess.Start(arena, "dead-letters", "discard", "--archive", archive, "--reason", "killed", "--yes");
        using var bound = new CancellationTokenSource(Bound);

        await await Task.WhenAny(written.Task, command.WaitForExitAsync(bound.Token));

        var running = !command.HasExited;
        command.Kill();
        await command.WaitForExitAsync(bound.Token);
        return running;
    }

    // The last line may be cut off.
    private static IEnumerable<string> Ids(string archive)
    {
        var text = File.ReadAllText(archive, Encoding.UTF8);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line =>
            JsonDocument.Parse(line).RootElement.GetProperty("messageId").GetString()!);
    }
}
