namespace DiditWorker.Verification;

/// <summary>
/// Holds one message between attempts: ended by a shutdown, and no longer than a message may be held, after which it
/// goes back to the queue.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="longest">How long a message may be held altogether.</param>
/// <param name="stopping">Cancelled when the worker stops: what merely waits goes back to the queue at once.</param>
public sealed class Hold(TimeProvider time, TimeSpan longest, CancellationToken stopping)
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPoll = TimeSpan.FromSeconds(1);
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _poll = ShortestPoll;

    /// <summary>How much longer it may be held; not negative.</summary>
    public TimeSpan Left => longest - time.GetElapsedTime(_started) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Before asking again whether another delivery is done: soon, then every second.</summary>
    public Task PollAsync(string why)
    {
        var delay = _poll;
        _poll = delay * 2 < MaxPoll ? delay * 2 : MaxPoll;
        return ForAsync(token => Task.Delay(delay, time, token), why);
    }

    /// <summary>Before another attempt.</summary>
    /// <param name="delay">How long, unless one of the others ends first.</param>
    /// <param name="others">What makes another attempt worth trying.</param>
    /// <param name="why">For people.</param>
    public Task BackOffAsync(TimeSpan delay, IReadOnlyList<Task> others, string why) => ForAsync(
        async token =>
        {
            var left = Left;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(token);
            var timer = Task.Delay(delay < left ? delay : left, time, waiting.Token);
            await Task.WhenAny([timer, .. others]);
            var isOver = timer.IsCompletedSuccessfully && delay > left;
            await waiting.CancelAsync();
            token.ThrowIfCancellationRequested();
            if (isOver)
            {
                throw HeldTooLong(why);
            }
        },
        why);

    /// <summary>Waits for something else, within the same bounds.</summary>
    public async Task ForAsync(Func<CancellationToken, Task> wait, string why)
    {
        if (time.GetElapsedTime(_started) >= longest)
        {
            throw HeldTooLong(why);
        }

        await wait(stopping);
    }

    /// <summary>Why a delivery ended before its time, for people.</summary>
    /// <param name="delivery">Cancelled when it cannot be acknowledged any more.</param>
    public string WhyInterrupted(CancellationToken delivery) =>
        stopping.IsCancellationRequested ? "the worker stops"
        : delivery.IsCancellationRequested ? "the channel to the broker was closed; the broker delivers it again"
        : "it was interrupted";

    private ReturnToQueueException HeldTooLong(string why) => new($"held for {longest:c}: {why}");
}
