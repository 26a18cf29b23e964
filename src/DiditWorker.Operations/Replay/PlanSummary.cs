using DiditWorker.Didit;
using DiditWorker.Operations.DeadLetters;

namespace DiditWorker.Operations.Replay;

/// <summary>What a replay of a selection would come to.</summary>
public sealed class PlanSummary(DiditOptions didit)
{
    private readonly SortedDictionary<Predicted, (int Count, DateTimeOffset? FirstEnd)> _rows = [];

    /// <summary>How many messages.</summary>
    public int Count => _rows.Values.Sum(row => row.Count);

    /// <summary>Of these, how many are beyond the window: they need <c>--allow-expired</c>.</summary>
    public int Expired { get; private set; }

    /// <summary>For each prediction: how many, and when the first window among them ends.</summary>
    public IReadOnlyDictionary<Predicted, (int Count, DateTimeOffset? FirstEnd)> Rows => _rows;

    /// <summary>How many are to be looked up that were parked as ambiguous: what Didit has now was not asked.</summary>
    public int WasAmbiguous { get; private set; }

    /// <summary>For how many Didit was to be asked, and did not answer.</summary>
    public int DiditAway { get; private set; }

    /// <summary>Why it did not, the last time.</summary>
    public ReadFailedException? DiditSaid { get; private set; }

    /// <summary>Creates at most.</summary>
    public int Creates { get; private set; }

    /// <summary>Look-up requests at least: one list for each message that is looked up.</summary>
    public int LookUps { get; private set; }

    /// <summary>What these take at least, at the rates that all replicas share.</summary>
    public TimeSpan LeastTime =>
        TimeSpan.FromMinutes(Math.Max(Creates / (double)didit.RequestsPerMinute, LookUps / (double)didit.LookupsPerMinute));

    /// <summary>Counts one in.</summary>
    public void Add(Prediction prediction)
    {
        var (count, end) = _rows.GetValueOrDefault(prediction.What);
        var ends = prediction.Age.State == WindowState.Expired ? null : prediction.Age.EndsAt;
        _rows[prediction.What] = (count + 1, ends < end || end is null ? ends ?? end : end);
        Expired += prediction.IsBeyondTheWindow ? 1 : 0;
        WasAmbiguous += prediction.WasAmbiguous ? 1 : 0;
        DiditAway += prediction.DiditSaid is null ? 0 : 1;
        DiditSaid = prediction.DiditSaid ?? DiditSaid;
        Creates += prediction.MayCreate ? 1 : 0;
        LookUps += prediction.LooksUp ? 1 : 0;
    }
}
