namespace DiditWorker.Verification;

/// <summary>
/// Holds one message between attempts: with growing delays, ended by a shutdown, and no longer than a message may be held, after which it
/// goes back to the queue.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="longest">How long a message may be held altogether.</param>
/// <param name="stopping">Cancelled when the worker stops: what merely waits goes back to the queue at once.</param>
public sealed class Hold(TimeProvider time, TimeSpan longest, CancellationToken stopping)
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(500);

    // A message that is alone resumes no sooner than by its own back-off, and work is to resume within 10 s of Didit's recovery.
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    private readonly long _started = time.GetTimestamp();
    private TimeSpan _poll = ShortestPoll;
    private TimeSpan _backoff = ShortestBackoff;

    /// <summary>Whether the message has waited.</summary>
    public bool Waited { get; private set; }

    /// <summary>Before asking again whether another delivery is done: soon, then every second.</summary>
    public Task PollAsync(string why) => DelayAsync(Next(ref _poll, LongestPoll), why);

    /// <summary>Before another attempt: half a second, doubling to 5 seconds.</summary>
    public Task BackOffAsync(string why) => DelayAsync(Next(ref _backoff, LongestBackoff), why);

    /// <summary>Waits for something else, within the same bounds.</summary>
    public async Task ForAsync(Func<CancellationToken, Task> wait, string why)
    {
        Waited = true;
        if (time.GetElapsedTime(_started) >= longest)
        {
            throw new ReturnToQueueException($"held for {longest:c}: {why}");
        }

        await wait(stopping);
    }

    private Task DelayAsync(TimeSpan delay, string why) => ForAsync(token => Task.Delay(delay, time, token), why);

    private static TimeSpan Next(ref TimeSpan delay, TimeSpan longest)
    {
        var now = delay;
        delay = delay * 2 < longest ? delay * 2 : longest;
        return now;
    }
}
