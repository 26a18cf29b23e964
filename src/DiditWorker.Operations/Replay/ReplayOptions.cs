using System.Collections.Frozen;
using DiditWorker.Contracts;
using DiditWorker.Operations.DeadLetters;

namespace DiditWorker.Operations.Replay;

/// <summary>How a replay is done.</summary>
public sealed record ReplayOptions
{
    /// <summary>Which queue the messages go to.</summary>
    public required string Target { get; init; }

    /// <summary>What a message is changed into before it is published; null: it stays as it is.</summary>
    public Func<DeadLetter, DeadLetter>? Edit { get; init; }

    /// <summary>Names this run in a header, so that a message that fails again is recognised.</summary>
    public required string Run { get; init; }

    /// <summary>The operator's words; they go into a header and the audit.</summary>
    public string? Reason { get; init; }

    /// <summary>Messages a second at most. Default 20.</summary>
    public double Rate { get; init; } = 20;

    /// <summary>With more failures than this it stops. Default 0: the first one stops it.</summary>
    public int MaxFailures { get; init; }

    /// <summary>A message that was replayed this often is left where it is. Default 5.</summary>
    public int MaxReplays { get; init; } = 5;

    /// <summary>Whether messages beyond the window are replayed; they are looked up first.</summary>
    public bool AllowExpired { get; init; }

    /// <summary>References of what has its answer in the record: its window does not matter to a replay.</summary>
    public IReadOnlySet<string> Answered { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether to wait for the outcome of every message, and not only of the first.</summary>
    public bool Wait { get; init; }

    /// <summary>How long to wait for outcomes without one coming. Default 2 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>What came of a replay.</summary>
public sealed class ReplayReport
{
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);

    /// <summary>Published again, confirmed, and taken out of the queue.</summary>
    public int Replayed { get; set; }

    /// <summary>Left where they are: beyond the window.</summary>
    public int Expired { get; set; }

    /// <summary>Left where they are: replayed too often.</summary>
    public int ReplayedTooOften { get; set; }

    /// <summary>Left where they are: the broker did not take them.</summary>
    public int NotTaken { get; set; }

    /// <summary>Replayed, and nothing was heard of them while it waited.</summary>
    public int NoOutcome { get; set; }

    /// <summary>Replayed and rejected, or back in the queue.</summary>
    public int FailedAgain { get; set; }

    /// <summary>What was heard, by outcome: <c>created</c>, <c>adopted</c>, <c>replayed</c>, or the code of a rejection.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    /// <summary>Why it ended early; null if it did not.</summary>
    public string? StoppedBecause { get; set; }

    /// <summary>What counts against <see cref="ReplayOptions.MaxFailures"/>.</summary>
    public int Failures => NotTaken + NoOutcome + FailedAgain;

    /// <summary>Counts an outcome.</summary>
    public void Heard(string outcome) => _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;

    /// <inheritdoc />
    public override string ToString()
    {
        var parts = new List<string> { $"{Replayed} replayed" };
        parts.AddRange(_outcomes.Select(outcome => $"{outcome.Value} {InWords(outcome.Key)}"));
        Add(NoOutcome, "without an outcome so far");
        Add(FailedAgain, "failed again");
        Add(NotTaken, "not taken by the broker");
        Add(Expired, "left: beyond the window");
        Add(ReplayedTooOften, "left: replayed too often");
        return string.Join(", ", parts) + (StoppedBecause is null ? "" : "; stopped: " + StoppedBecause);

        static string InWords(string outcome) => outcome switch
        {
            "replayed" => "answered from the record",
            RejectionCodes.Expired => "answered Expired (their deadline was over)",
            _ => outcome,
        };

        void Add(int count, string what)
        {
            if (count > 0)
            {
                parts.Add($"{count} {what}");
            }
        }
    }
}
