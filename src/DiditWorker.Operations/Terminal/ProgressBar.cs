using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DiditWorker.Operations.Terminal;

/// <summary>A bar with rate and time left for what may take long; on no terminal a line now and then.</summary>
internal static class ProgressBar
{
    /// <summary>Runs <paramref name="action"/>, which says how many more it has done.</summary>
    /// <param name="console">Where it is shown.</param>
    /// <param name="what">What is done.</param>
    /// <param name="total">How often.</param>
    /// <param name="action">Does it.</param>
    /// <param name="waitsFor">What it waits for at the moment; null: it goes on.</param>
    public static Task RunAsync(
        IAnsiConsole console, string what, long total, Func<Action<int>, Task> action, Func<string?>? waitsFor = null) => console.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new StandColumn(waitsFor ?? (() => null)))
        .StartAsync(async context =>
        {
            var task = context.AddTask(what, maxValue: Math.Max(total, 1));
            await action(count => task.Increment(count));
            task.StopTask();
        });

    /// <summary>Where it stands. A rate and a time left are told only while it goes on.</summary>
    internal static string Stand(double done, double total, double? speed, TimeSpan? left, string? waitsFor)
    {
        var count = string.Create(CultureInfo.InvariantCulture, $"{done:0} of {total:0}");
        return waitsFor is not null ? $"{count}, waits for {waitsFor}"
            : done >= total || speed is not > 0 ? count
            : string.Create(CultureInfo.InvariantCulture, $"{count}, {speed:0.#} a second")
                + (left is { } time ? $", {Words.Duration(time)} left" : "");
    }

    private sealed class StandColumn(Func<string?> waitsFor) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Stand(task.Value, task.MaxValue, task.Speed, task.RemainingTime, waitsFor()));
    }
}
