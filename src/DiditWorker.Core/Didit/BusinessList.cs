namespace DiditWorker.Didit;

/// <summary>
/// Remembers whether Didit refuses the list of business sessions, as it may for an account without KYB: that means that there are none of
/// that kind. Thread-safe.
/// </summary>
public sealed class BusinessList(TimeProvider time) : IDisposable
{
    /// <summary>How long a refusal is remembered: so long the list is not asked for again.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    // Long enough for some reads at a low rate; a list that hangs must not hold up everybody for longer.
    private static readonly TimeSpan MaxTurn = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset? _refusedSince;
    private DateTimeOffset _askAgain;
    private bool _wasShown;
    private int? _refusedWith;

    /// <summary>The refusal in words; null while there is none.</summary>
    public string? Note
    {
        get
        {
            lock (_lock)
            {
                return _refusedWith is { } status
                    ? $"Didit refuses the list of business sessions ({status}), so look-ups take it that there are none"
                    : null;
            }
        }
    }

    /// <summary>Whether a reply refuses the list. Other statuses say nothing of the kind: come back later, or go elsewhere.</summary>
    internal static bool IsRefusal(int status) => status is >= 400 and < 500 and not (408 or 409 or 425 or 429);

    /// <summary>
    /// Waits for leave to ask as long as nothing is known of the list: one look-up finds out for all. The turn must be disposed.
    /// </summary>
    internal async Task<Turn> TurnAsync(CancellationToken cancellation) =>
        new(!IsKnown() && await _turn.WaitAsync(MaxTurn, cancellation) ? _turn : null);

    private bool IsKnown()
    {
        lock (_lock)
        {
            return _wasShown || _refusedWith is not null;
        }
    }

    /// <summary>
    /// Whether a look-up is to ask for the list. While it is refused one look-up is, each time that <see cref="Remembered"/> is over.
    /// </summary>
    internal bool IsToBeAsked()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_refusedWith is not null && now < _askAgain)
            {
                return false;
            }

            _askAgain = now + Remembered;
            return true;
        }
    }

    /// <summary>Didit showed the list.</summary>
    internal void Shown()
    {
        lock (_lock)
        {
            (_wasShown, _refusedSince, _refusedWith) = (true, null, null);
        }
    }

    /// <summary>
    /// Whether a refusal may mean that there are no business sessions. Where Didit has shown the list before, only one that lasts may: a
    /// passing one, as of a gateway, must not hide sessions that are there.
    /// </summary>
    internal bool MayMeanNone()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _refusedSince ??= now;
            return !_wasShown || now - _refusedSince >= Remembered;
        }
    }

    /// <summary>Didit refuses it, and shows the other list.</summary>
    internal void Refused(int status)
    {
        lock (_lock)
        {
            (_refusedWith, _askAgain) = (status, time.GetUtcNow() + Remembered);
        }
    }

    /// <summary>Leave to ask.</summary>
    internal readonly struct Turn(SemaphoreSlim? turn) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose() => turn?.Release();
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();
}
