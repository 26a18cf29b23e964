using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>
/// One owner's hold on a key. From the claim until it is released, completed or disposed it renews itself, each time that half of what
/// Redis granted is over. A renewal that Redis does not answer is tried again soon, as long as the lease lasts. For one caller at a time.
/// </summary>
/// <param name="store">Where the record is.</param>
/// <param name="key">Of which record.</param>
/// <param name="fingerprint">Of the payload.</param>
/// <param name="time">Its monotonic clock measures what is left.</param>
/// <param name="trouble">Told of renewals that Redis did not answer.</param>
public sealed class Lease(
    IdempotencyStore store, IdempotencyKey key, string fingerprint, TimeProvider time, RedisTrouble trouble) : IAsyncDisposable
{
    private static readonly TimeSpan MaxRetry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private ITimer? _timer;
    private Task _renewal = Task.CompletedTask;
    private TimeSpan _retry;

    // By the monotonic clock, counted from before Redis was asked: it may have begun to count at any time after. 0: nothing is held.
    private long _until;

    /// <summary>The token that fences the writes.</summary>
    public string Owner { get; } = OwnerToken.Create();

    /// <summary>Of the payload.</summary>
    public string Fingerprint => fingerprint;

    private TimeSpan Left => time.GetElapsedTime(time.GetTimestamp(), Volatile.Read(ref _until));

    /// <summary>Claims the key, see <see cref="IdempotencyStore.ClaimAsync"/>, and begins to renew if it is given.</summary>
    /// <param name="asksAgain">Whether a refusal by Didit does not count as an answer.</param>
    /// <exception cref="UnknownRecordException">The record is of another version.</exception>
    public async Task<Memory> ClaimAsync(bool asksAgain = false)
    {
        await StopAsync();
        var asked = time.GetTimestamp();
        var memory = await store.ClaimAsync(key, fingerprint, Owner, asksAgain);
        if (memory.Owned)
        {
            Hold(asked, memory.Granted);
            _retry = memory.Granted / 20 < MaxRetry ? memory.Granted / 20 : MaxRetry;

            // Known before it can run: a claim that took as long as its lease is renewed at once.
            _timer = time.CreateTimer(
                static lease => ((Lease)lease!).Renew(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Left > TimeSpan.Zero ? Left / 2 : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        return memory;
    }

    /// <summary>
    /// Whether a request may be sent now: it must not outlive the lease, or two owners could have one under way. Renews first if need be.
    /// </summary>
    /// <param name="longestRequest">What it takes at most.</param>
    public async Task<LeaseState> EnsureAsync(TimeSpan longestRequest)
    {
        if (Left > longestRequest)
        {
            return LeaseState.Held;
        }

        // One that was renewed just now lasts longer than the total time-out (checked at start), and is renewed on.
        return await TryRenewAsync();
    }

    /// <summary>
    /// Stores the answer, see <see cref="IdempotencyStore.CompleteAsync"/>. Where Redis does not answer it goes on renewing, for another
    /// try.
    /// </summary>
    public async Task<bool> CompleteAsync(RecordState state, DateTimeOffset firstAttempt, string payload)
    {
        var written = await store.CompleteAsync(key, state, fingerprint, Owner, firstAttempt, payload);
        await StopAsync();
        return written;
    }

    /// <summary>
    /// Gives the key back, see <see cref="IdempotencyStore.ReleaseAsync"/>. Where Redis does not answer the lease runs out instead.
    /// </summary>
    /// <returns>Whether it was this owner's until now.</returns>
    public async Task<bool> ReleaseAsync(ReleaseMode how, AttemptNote? note)
    {
        await StopAsync();
        return await store.ReleaseAsync(key, Owner, how, note);
    }

    /// <summary>Stops renewing. What was neither completed nor released stays until the lease is over.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _one.Dispose();
    }

    private void Renew() => _renewal = RenewAsync(_timer!);

    private async Task RenewAsync(ITimer timer)
    {
        var isHeld = await TryRenewAsync() == LeaseState.Held;

        // Once it is over, whoever needs it asks.
        if (Left > TimeSpan.Zero)
        {
            timer.Change(isHeld ? Left / 2 : _retry, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<LeaseState> TryRenewAsync()
    {
        await _one.WaitAsync();
        try
        {
            var asked = time.GetTimestamp();
            if (await store.RenewAsync(key, Owner) is not { } granted)
            {
                Hold(0, TimeSpan.Zero);
                return LeaseState.Lost;
            }

            Hold(asked, granted);
            return LeaseState.Held;
        }
        catch (UnknownRecordException)
        {
            // Somebody else wrote another kind of value there.
            Hold(0, TimeSpan.Zero);
            return LeaseState.Lost;
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            trouble.Note(exception, $"{key}");
            return LeaseState.Unknown;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Hold(long from, TimeSpan granted) =>
        Volatile.Write(ref _until, from + (long)(granted.TotalSeconds * time.TimestampFrequency));

    // A renewal that is under way ends first, so that it cannot revive a lease that is given back.
    private async Task StopAsync()
    {
        if (_timer is { } timer)
        {
            await timer.DisposeAsync();
            await _renewal;
            _timer = null;
        }

        Hold(0, TimeSpan.Zero);
    }
}
