namespace DiditWorker.Simulator.Didit;

/// <summary>Waits by the simulator's clock; a reset or a stop ends them all.</summary>
internal static class Waiting
{
    /// <summary>Goes on even when the client has left, as a server at work would.</summary>
    public static Task WaitAsync(this DiditCall call, TimeSpan delay) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, call.World.Time, call.World.Ended) : Task.CompletedTask;

    /// <summary>Keeps silent until the client leaves or the delay, if any, is over.</summary>
    public static async Task HangAsync(this DiditCall call, TimeSpan? delay)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.Http.RequestAborted, call.World.Ended);
        try
        {
            await Task.Delay(delay ?? Timeout.InfiniteTimeSpan, call.World.Time, end.Token);
        }
        catch (OperationCanceledException) when (!call.World.Ended.IsCancellationRequested)
        {
            // The client has left.
        }
    }
}
