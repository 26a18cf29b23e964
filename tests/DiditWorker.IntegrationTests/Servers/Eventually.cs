using System.Diagnostics;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>Waits for something that another process brings about, and no longer than it takes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Polls until <paramref name="condition"/> holds. An exception counts as "not yet": while a server comes up, calls fail.
    /// </summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan bound, string what)
    {
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (clock.Elapsed < bound)
        {
            try
            {
                // Bounded too, so that a condition that never returns is reported like one that never holds.
                if (await condition().WaitAsync(bound - clock.Elapsed))
                    return;
                last = null;
            }
            catch (Exception exception) when (exception is not AssertionException)
            {
                last = exception;
            }

            await Task.Delay(Interval);
        }

        var why = last is null ? "" : $" Last error: {last.GetType().Name}: {last.Message}";
        throw new AssertionException($"Not seen within {bound.TotalSeconds:0.#} s: {what}.{why}", last!);
    }
}
