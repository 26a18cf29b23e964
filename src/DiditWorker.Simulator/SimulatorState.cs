using DiditWorker.Simulator.Memory;

namespace DiditWorker.Simulator;

/// <summary>All that the simulator holds; the same operations as the control API, for tests in the same process. Thread-safe.</summary>
public sealed class SimulatorState
{
    private readonly SimulatorSettings _initial;
    private readonly TimeProvider _time;
    private readonly Lock _configuring = new();
    private volatile World _world;

    internal SimulatorState(SimulatorSettings initial, TimeProvider time)
    {
        var errors = new FieldErrors();
        initial.Check(errors);
        errors.ThrowIfAny();
        _initial = initial;
        _time = time;
        _world = new World(initial, time);
    }

    /// <summary>The settings in force.</summary>
    public SimulatorSettings Settings => _world.Settings;

    /// <summary>All sessions ever made or seeded, oldest first, each with its status as of now.</summary>
    public IReadOnlyList<SimulatedSession> Sessions => _world.Sessions.All(_time.GetUtcNow());

    /// <summary>The request log, oldest first.</summary>
    public IReadOnlyList<LoggedRequest> Requests => _world.Log.Entries();

    /// <summary>Requests that the full log has dropped.</summary>
    public long RequestsDropped => _world.Log.Dropped;

    /// <summary>The scripted faults in the order in which they are tried, those used up included.</summary>
    public IReadOnlyList<FaultReport> Faults => _world.Faults.Reports();

    internal World World => _world;

    /// <summary>Changes settings from now on.</summary>
    /// <param name="change">Makes the new settings from those in force.</param>
    /// <returns>The new settings.</returns>
    /// <exception cref="InvalidInputException">A value is out of range; nothing was changed.</exception>
    public SimulatorSettings Configure(Func<SimulatorSettings, SimulatorSettings> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_configuring)
        {
            var settings = change(_world.Settings);
            var errors = new FieldErrors();
            settings.Check(errors);
            errors.ThrowIfAny();
            return _world.Settings = settings;
        }
    }

    /// <summary>Puts a session there as if it had been made.</summary>
    /// <param name="seed">The session.</param>
    /// <returns>The session as held.</returns>
    /// <exception cref="InvalidInputException">A value is wrong, or the id is in use.</exception>
    public SimulatedSession Seed(SessionSeed seed)
    {
        ArgumentNullException.ThrowIfNull(seed);
        var errors = new FieldErrors();
        seed.Check(errors);
        errors.ThrowIfAny();
        return _world.Sessions.Seed(seed, Settings, _time.GetUtcNow());
    }

    /// <summary>Moves a session to another status. An unfinished status beyond the session's lifetime still shows as Expired.</summary>
    /// <param name="sessionId">Its id.</param>
    /// <param name="status">One of <see cref="SessionStatus.All"/>.</param>
    /// <returns>The session as it now stands.</returns>
    /// <exception cref="InvalidInputException">Not a status word.</exception>
    /// <exception cref="KeyNotFoundException">No such session.</exception>
    public SimulatedSession SetStatus(string sessionId, string status)
    {
        var errors = new FieldErrors();
        SessionStatus.Check(status, errors);
        errors.ThrowIfAny();
        var changed = _world.Sessions.Change(sessionId, session => session with { Status = status });
        return changed?.At(_time.GetUtcNow()) ?? throw new KeyNotFoundException("No such session: " + sessionId);
    }

    /// <summary>Adds a scripted fault behind those already there.</summary>
    /// <param name="rule">The fault.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="InvalidInputException">The fault could not do what it says.</exception>
    public long AddFault(FaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var errors = new FieldErrors();
        FaultChecks.Check(rule, errors);
        errors.ThrowIfAny();
        return _world.Faults.Add(rule);
    }

    /// <summary>Removes one fault. Requests that it has already taken stay as they are.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>Whether it was there.</returns>
    public bool RemoveFault(long id) => _world.Faults.Remove(id);

    /// <summary>Removes all faults. Requests that they have already taken stay as they are.</summary>
    public void ClearFaults() => _world.Faults.Clear();

    /// <summary>Empties the request log and its counts.</summary>
    public void ClearRequests() => _world.Log.Clear();

    /// <summary>Looks for sessions that should not have been made.</summary>
    /// <returns>Keys and vendor_data with more than one session.</returns>
    public DuplicateReport Duplicates() => ReportMaker.Duplicates(Sessions);

    /// <summary>Counts what has happened.</summary>
    /// <returns>The counts.</returns>
    public SimulatorSummary Summary() => ReportMaker.Summary(Sessions, _world.Log);

    /// <summary>
    /// Back to the start: no sessions, keys, log, faults or used-up limits, and the initial settings. Requests in progress are cut off.
    /// </summary>
    public void Reset()
    {
        World old;
        lock (_configuring)
        {
            old = _world;
            _world = new World(_initial, _time);
        }

        old.End();
    }
}
