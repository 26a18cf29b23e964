namespace DiditWorker.Simulator.Memory;

/// <summary>
/// Everything a reset discards. A request keeps the world it arrived in, so one that outlives a reset leaves no trace in the next.
/// </summary>
#pragma warning disable CA1001 // The source is not disposed: it owns no timer, and requests in progress still hold its token.
internal sealed class World
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _ended = new();
    private volatile SimulatorSettings _settings;

    public World(SimulatorSettings settings, TimeProvider time)
    {
        _settings = settings;
        Time = time;
        Log = new RequestLog(() => Settings.RequestLogLimit);
    }

    public SimulatorSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    public TimeProvider Time { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public SessionStore Sessions { get; } = new();

    public KeyMemory Keys { get; } = new();

    public FaultScript Faults { get; } = new();

    public RequestLog Log { get; }

    public SlidingWindow Creates { get; } = new();

    public SlidingWindow Gets { get; } = new();

    public CancellationToken Ended => _ended.Token;

    public void End() => _ended.Cancel();
}
