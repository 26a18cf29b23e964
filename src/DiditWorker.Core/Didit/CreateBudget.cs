using System.Globalization;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Didit;

/// <summary>
/// Keeps to <see cref="DiditOptions.CreatesPerDay"/>. When it is used up creates pause until there is room again: on the next day, by what
/// other replicas give back, or in a new process with a higher setting.
/// </summary>
/// <param name="count">What is used.</param>
/// <param name="gate">Of creates.</param>
/// <param name="time">Says since when.</param>
/// <param name="logger">Told once of each change.</param>
public sealed partial class CreateBudget(CreateCount count, Gate gate, TimeProvider time, ILogger<CreateBudget> logger)
{
    private readonly Lock _lock = new();
    private DateTimeOffset? _end;

    /// <summary>Takes one create, right before it is sent; none is left: creates pause.</summary>
    /// <returns>The day that it counts for, for <see cref="GiveBack"/>; null: it must not be sent.</returns>
    public async Task<long?> TakeAsync()
    {
        var day = await count.TakeAsync();
        if (day is null)
        {
            Heed();
        }

        return day;
    }

    /// <summary>It was not sent after all, or Didit has certainly made no session.</summary>
    /// <param name="day">As <see cref="TakeAsync"/> said.</param>
    public void GiveBack(long day) => count.GiveBack(day);

    /// <summary>Pauses creates if the budget is used up, and lets them go on if not.</summary>
    public async Task LookAsync()
    {
        await count.LookAsync();
        Heed();
    }

    private void Heed()
    {
        lock (_lock)
        {
            var (day, used) = count.Latest;
            DateTimeOffset? end = used >= count.PerDay ? DateTimeOffset.UnixEpoch.AddDays(day + 1) : null;
            if (end == _end)
            {
                return;
            }

            _end = end;
            gate.Hold(PauseReasons.Budget, end is { } until ? Pause(until) : null);
            if (end is null)
            {
                Log.GoesOn(logger, used, count.PerDay);
            }
            else
            {
                Log.UsedUp(logger, count.PerDay, TimeInWords.Of(end.Value));
            }
        }
    }

    private Pause Pause(DateTimeOffset until)
    {
        var all = count.PerDay.ToString(CultureInfo.InvariantCulture);
        return new(PauseReasons.Budget, $"all {all} creates of this day, UTC's, are used (Didit:CreatesPerDay)", time.GetUtcNow(), until);
    }

    private static partial class Log
    {
        [LoggerMessage(
            107, LogLevel.Warning,
            "The creates of this day are used up (Didit:CreatesPerDay = {PerDay}): more follow at {End}, or with a higher setting. "
            + "Answers from records go on")]
        public static partial void UsedUp(ILogger logger, int perDay, string end);

        [LoggerMessage(108, LogLevel.Information, "Creates go on: {Used} of {PerDay} of this day are used (Didit:CreatesPerDay)")]
        public static partial void GoesOn(ILogger logger, long used, int perDay);
    }
}
