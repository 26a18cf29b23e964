using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;

namespace DiditWorker.Operations.Replay;

/// <summary>Predicts a whole selection, in bounded memory.</summary>
public sealed class Planner(DeadLetterQueues queues, Predictor predictor, DiditOptions didit)
{
    // As many records are read from Redis at a time.
    private const int Batch = 200;

    /// <summary>Reads the selection once and predicts each message.</summary>
    /// <param name="broker">Where the queues are.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ask">Whether to ask Didit what look-ups would find.</param>
    /// <param name="each">Told of each message.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<PlanSummary> PlanAsync(
        IOperatorBroker broker, DeadLetterFilter filter, bool ask, Action<DeadLetter, Prediction> each, CancellationToken cancellation)
    {
        var summary = new PlanSummary(didit);
        await foreach (var batch in queues.SnapshotAsync(broker, filter, cancellation).Chunk(Batch).WithCancellation(cancellation))
        {
            var predictions = await Task.WhenAll(batch.Select(letter => predictor.PredictAsync(letter, ask, cancellation)));
            foreach (var (letter, prediction) in batch.Zip(predictions))
            {
                summary.Add(prediction);
                each(letter, prediction);
            }
        }

        return summary;
    }
}
