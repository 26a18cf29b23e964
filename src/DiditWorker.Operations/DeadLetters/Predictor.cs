using System.Security.Cryptography;
using DiditWorker.Contracts;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>
/// Says what the consumer would do with a replay: the same key, record and <see cref="VerificationProtocol"/>, read without claiming. Holds
/// for the moment in which it is asked.
/// </summary>
public sealed class Predictor(DiditOptions didit, IdempotencyOptions idempotency, IdempotencyStore store, LookUp lookUp, TimeProvider time)
{
    /// <summary>What the decision depends on.</summary>
    public ProtocolSettings Settings { get; } = didit.ProtocolSettings(idempotency);

    /// <summary>Predicts.</summary>
    /// <param name="letter">The dead letter.</param>
    /// <param name="ask">Whether to ask Didit what a look-up would find; it takes places in the shared rate.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Prediction> PredictAsync(DeadLetter letter, bool ask, CancellationToken cancellation)
    {
        if (letter.Request is not { } request || letter.Delivery is not { } delivery)
        {
            var skips = letter.Invalid == DeadLetterReader.OtherType;
            return new(skips ? Predicted.SkipAgain : Predicted.RejectInvalid, letter.Invalid
                ?? "it has no usable id", AgeOf(letter, null), null);
        }

        try
        {
            var (peeked, _) = await store.PeekAsync(delivery.Key, asksAgain: true);
            var memory = StoredAnswer.Checked(peeked);

            // A replay carries a header that says so.
            var evidence = new Evidence(Fingerprint.Of(request.Payload), delivery.PublishedAt, MaybeAttempted: true)
            {
                AsksAgain = true, Deadline = delivery.Deadline,
            };
            var decision = VerificationProtocol.Foresee(evidence, memory, Settings, time.GetUtcNow());
            var wasRefused = memory.Record?.State == RecordState.Refused;
            var prediction = new Prediction(Of(decision.Choice, wasRefused), decision.Because, AgeOf(letter, memory.Record), memory);
            return prediction.What is not (Predicted.LookUpThenCreate or Predicted.AskAgain or Predicted.LookUpThenExpire) ? prediction
                : ask ? await AskAsync(prediction, delivery, request, memory, cancellation)
                : prediction with
                {
                    WasAmbiguous = letter.Group == RejectionCodes.AmbiguousSession && prediction.What == Predicted.LookUpThenCreate,
                };
        }
        catch (Exception exception) when (exception is UnknownRecordException or CryptographicException or FormatException)
        {
            return WithoutRecord(letter, "the record cannot be read: " + exception.Message);
        }
    }

    private static Predicted Of(Choice outcome, bool wasRefused) => outcome switch
    {
        Choice.LookUpThenCreate when wasRefused => Predicted.AskAgain,
        Choice.Create => Predicted.Create,
        Choice.Resend => Predicted.Resend,
        Choice.LookUpThenCreate or Choice.WaitForNextTry => Predicted.LookUpThenCreate,
        Choice.LookUpThenExpire => Predicted.LookUpThenExpire,
        Choice.AnswerFromRecord => Predicted.AnswerFromRecord,
        Choice.RejectMismatch => Predicted.RejectMismatch,
        Choice.RejectRefused => Predicted.RejectRefused,
        Choice.RejectExpired => Predicted.RejectExpired,
        Choice.ParkExhausted or Choice.ParkAmbiguous => Predicted.Park,
        _ => Predicted.InProgress,
    };

    private async Task<Prediction> AskAsync(
        Prediction prediction, Delivery delivery, VerificationRequest request, Memory memory, CancellationToken cancellation)
    {
        try
        {
            var notBefore = EarlierAttempts.LookFrom(memory, delivery.PublishedAt, Settings, time.GetUtcNow());
            var match = await lookUp.RunAsync(
                new(delivery.Key, request.VendorData, request.WorkflowId, request.Payload), notBefore, cancellation);
            return match.Kind switch
            {
                MatchKind.Adopt => prediction with { What = Predicted.Adopt, Because = $"Didit has its session, {match.Candidates[0]}" },
                MatchKind.Several => prediction with
                {
                    What = Predicted.Park,
                    Because = "an earlier attempt may have made one of these: " + match.Names(),
                },
                MatchKind.NotReady => prediction with
                {
                    What = Predicted.Unknown,
                    Because = "a session that may be its own does not have its URL yet; ask again in a minute",
                },
                _ when prediction.What == Predicted.LookUpThenExpire => prediction with
                {
                    What = Predicted.RejectExpired,
                    Because = "its deadline is over, and Didit has no session of it",
                },
                MatchKind.HandedBack =>
                prediction with { What = Predicted.CreateAfterLookUp, Because = "Didit hands the unfinished session back" },
                _ => prediction with { What = Predicted.CreateAfterLookUp, Because = "Didit has no session of it" },
            };
        }
        catch (ReadFailedException exception)
        {
            return prediction with
            {
                What = Predicted.Unknown,
                Because = "Didit could not be asked: " + exception.Message,
                DiditSaid = exception,
            };
        }
    }

    /// <summary>What can be said of a dead letter without its record.</summary>
    public Prediction WithoutRecord(DeadLetter letter, string because) => new(Predicted.Unknown, because, AgeOf(letter, null), null);

    private WindowAge AgeOf(DeadLetter letter, IdempotencyRecord? record)
    {
        var first = MeantTime.Earliest(record?.FirstAttempt, letter.Delivery?.PublishedAt);
        return WindowAge.Of(first, didit.IdempotencyWindow, didit.WindowMargin, time.GetUtcNow());
    }
}
