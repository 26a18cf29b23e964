using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DiditWorker.Operations.Terminal;

/// <summary>A bar with rate and time left for what may take long; on no terminal a line now and then.</summary>
internal static class ProgressBar
{
    /// <summary>Runs <paramref name="action"/>, which says how many more it has done.</summary>
    public static Task RunAsync(IAnsiConsole console, string what, long total, Func<Action<int>, Task> action) => console.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new CountColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var task = context.AddTask(what, maxValue: Math.Max(total, 1));
            await action(count => task.Increment(count));
            task.StopTask();
        });

    private sealed class CountColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(string.Create(CultureInfo.InvariantCulture, $"{task.Value:0} of {task.MaxValue:0}, {task.Speed ?? 0:0}/s"));
    }
}
