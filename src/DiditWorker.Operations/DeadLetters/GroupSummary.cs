namespace DiditWorker.Operations.DeadLetters;

/// <summary>What <c>list</c> tells of one kind of fault in one queue; keeps only a few examples, however many messages there are.</summary>
public sealed class GroupSummary(DeadLetter first, int examples)
{
    // A text that names ids is another one for each message.
    private const int Texts = 100;

    private readonly List<DeadLetter> _examples = [];
    private readonly Dictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly int[] _windows = new int[Enum.GetValues<WindowState>().Length];

    /// <summary>Which queue.</summary>
    public string Queue { get; } = first.Queue;

    /// <summary>The code of the rejection, or the name of the exception.</summary>
    public string Group { get; } = first.Group;

    /// <summary>Full name of the exception.</summary>
    public string? FaultType { get; } = first.FaultType;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Parked first.</summary>
    public DateTimeOffset? Oldest { get; private set; }

    /// <summary>Parked last.</summary>
    public DateTimeOffset? Newest { get; private set; }

    /// <summary>When the next window of those that are not over ends.</summary>
    public DateTimeOffset? NextWindowEnd { get; private set; }

    /// <summary>The highest <c>x-delivery-count</c>.</summary>
    public long DeliveryCount { get; private set; }

    /// <summary>The highest <c>x-acquired-count</c>.</summary>
    public long AcquiredCount { get; private set; }

    /// <summary>What most of them failed with, as <see cref="DeadLetter.FaultInWords"/>; of the first hundred texts.</summary>
    public string MostFrequentFault => _faults.MaxBy(fault => fault.Value).Key;

    /// <summary>The first ones.</summary>
    public IReadOnlyList<DeadLetter> Examples => _examples;

    /// <summary>How many stand there in the window.</summary>
    public int In(WindowState state) => _windows[(int)state];

    /// <summary>Counts one in.</summary>
    public void Add(DeadLetter letter, WindowAge age)
    {
        Count++;
        if (_faults.Count < Texts || _faults.ContainsKey(letter.FaultInWords))
        {
            _faults[letter.FaultInWords] = _faults.GetValueOrDefault(letter.FaultInWords) + 1;
        }

        _windows[(int)age.State]++;
        Oldest = letter.FaultedAt < Oldest || Oldest is null ? letter.FaultedAt ?? Oldest : Oldest;
        Newest = letter.FaultedAt > Newest || Newest is null ? letter.FaultedAt ?? Newest : Newest;
        if (age.State is WindowState.Inside or WindowState.NearTheEnd && (NextWindowEnd is null || age.EndsAt < NextWindowEnd))
        {
            NextWindowEnd = age.EndsAt;
        }

        DeliveryCount = Math.Max(DeliveryCount, letter.DeliveryCount ?? 0);
        AcquiredCount = Math.Max(AcquiredCount, letter.AcquiredCount ?? 0);
        if (_examples.Count < examples)
        {
            _examples.Add(letter);
        }
    }
}
