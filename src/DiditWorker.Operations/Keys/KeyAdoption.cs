using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary>What an operator is about to adopt.</summary>
internal sealed record Adoption
{
    /// <summary>The key.</summary>
    public required IdempotencyKey Key { get; init; }

    /// <summary>Whose, where it is known.</summary>
    public string? RequestId { get; init; }

    /// <summary>Of the payload that the session answers.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The session, as Didit tells of it.</summary>
    public required DiditSession Session { get; init; }

    /// <summary>What stands there now.</summary>
    public IdempotencyRecord? Record { get; init; }

    /// <summary>What could not be checked, or was overruled.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>Whether it is the answer already.</summary>
    public bool IsDone => Record?.State == RecordState.Completed;
}

/// <summary>
/// Completes a record with a session that an operator has chosen and Didit confirms, under the same fences as the worker.
/// </summary>
internal sealed class KeyAdoption(
    DeadLetterQueues queues, DiditClient client, DiditPipeline pipeline, IdempotencyStore store, DiditOptions didit, TimeProvider time)
{
    /// <summary>Checks everything and changes nothing.</summary>
    /// <exception cref="CommandException">It must not be done; the text says why.</exception>
    public async Task<Adoption> PrepareAsync(
        IOperatorBroker broker, FoundKey found, string sessionId, string? reason, CancellationToken cancellation)
    {
        var record = found.Memory.Record;
        if (record?.State == RecordState.Completed)
        {
            var standing = DiditSession.FromPayload(record.Payload);
            Refuse(!string.Equals(standing.Id, sessionId, StringComparison.OrdinalIgnoreCase),
                $"It is completed with session {standing.Id}. An answer that publishers may have is never replaced.");
            return new()
            {
                Key = found.Key,
                RequestId = found.RequestId,
                Fingerprint = record.Fingerprint,
                Session = standing,
                Record = record,
            };
        }

        Refuse(record?.State == RecordState.InProgress && !found.Memory.Owned,
            $"A delivery of it is being worked on until {record?.LeaseUntil:HH:mm:ss'Z'} at the latest. Look at it again then: "
                + $"diditworker keys show {found.Key} --key");
        Refuse(record?.State == RecordState.Refused
            && reason is null,
                "Didit refused it for good, as far as the record says. If the session is right all the same, say why with --reason.");

        var letter = await LetterAsync(broker, found, cancellation);
        if (record is null && letter is null)
        {
            throw new CommandException(ExitCodes.NothingMatched,
                $"There is no record of {found}, and its message is not in {queues.ErrorQueue} (or another command is reading it), so it "
                    + "is not known what it asked for. "
                + "If the message was exported, bring it back with dead-letters import, or publish it again. "
                + $"{ReplayWithoutRecord.InWords(didit)}");
        }

        var key = letter?.Delivery?.Key ?? found.Key;
        var (session, doubts) = await ReadAsync(key, sessionId, letter, reason, cancellation);
        return new()
        {
            Key = key,
            RequestId = letter?.Delivery?.RequestId ?? found.RequestId,
            Fingerprint = record?.Fingerprint ?? Fingerprint.Of(letter!.Request!.Payload),
            Session = session,
            Record = record,
            Doubts = doubts,
        };
    }

    /// <summary>Does it.</summary>
    /// <exception cref="CommandException">Somebody else began to work on the key meanwhile; nothing was changed.</exception>
    public async Task ApplyAsync(Adoption adoption)
    {
        // An answer is never overwritten: a refusal is forgotten first, if it still is the one that was looked at.
        Refuse(adoption.Record is { State: RecordState.Refused } refused
            && !await store.ForgetAsync(adoption.Key, refused), "The record has changed meanwhile.");
        var owner = OwnerToken.Create();
        var memory = await store.ClaimAsync(adoption.Key, adoption.Fingerprint, owner);
        Refuse(!memory.Owned, "Somebody began to work on it meanwhile; look at it again.");
        var completed = false;
        try
        {
            var first = memory.Record?.FirstAttempt ?? memory.At ?? time.GetUtcNow();
            completed = await store.CompleteAsync(
                adoption.Key, RecordState.Completed, adoption.Fingerprint, owner, first, adoption.Session.ToPayload());
        }
        finally
        {
            if (!completed)
            {
                await store.ReleaseAsync(adoption.Key, owner, ReleaseMode.Reset);
            }
        }

        Refuse(!completed, "Somebody else owns the key now.");
    }

    // The message that the record speaks of; another payload under the same id is not it. One pass for both keys: each pass
    // raises the delivery counts.
    private async Task<DeadLetter?> LetterAsync(IOperatorBroker broker, FoundKey found, CancellationToken cancellation)
    {
        var letters = await queues.SnapshotAsync(broker, new() { Queue = "error" }, cancellation)
            .Where(letter =>
                letter.Request is not null && letter.Delivery is { } delivery && (delivery.Key == found.Key || delivery.Key == found.OrKey))
            .GroupBy(letter => (letter.Delivery!.Key, Fingerprint: Fingerprint.Of(letter.Request!.Payload)))
            .Where(group => found.Memory.Record is not { } record || group.Key.Fingerprint == record.Fingerprint)
            .Select(group => group.First())
            .ToListAsync(cancellation);
        var named = letters.Any(letter => letter.Delivery!.Key == found.Key) ? found.Key : found.OrKey;
        var candidates = letters.Where(letter => letter.Delivery!.Key == named).ToList();
        Refuse(candidates.Count > 1,
            $"{queues.ErrorQueue} has messages with {candidates.Count} different payloads under this id, and no record says which came "
                + "first. Discard the wrong ones first.");
        return candidates.SingleOrDefault();
    }

    private async Task<(DiditSession Session, IReadOnlyList<string> Doubts)> ReadAsync(
        IdempotencyKey key, string sessionId, DeadLetter? letter, string? reason, CancellationToken cancellation)
    {
        var decision = await AskAsync(sessionId, cancellation);
        var found = SessionReader.FromDecision(sessionId, decision);
        var workflow = letter?.Request?.WorkflowId ?? didit.WorkflowId;
        var doubts = new List<string>();
        Refuse(!string.Equals(
            decision.Text("session_id") ?? decision.Text("uuid") ?? sessionId, sessionId, StringComparison.OrdinalIgnoreCase),
            "Didit answered with another session than it was asked for.");
        Refuse(letter is not null && decision.Text("vendor_data") is { } person && person != letter.Request!.VendorData,
            "The session belongs to another person: its vendor_data is not that of the parked message.");
        Doubt(letter is null || decision.Text("vendor_data") is null, "whether it belongs to the same person could not be checked"
            + (letter is null ? ": the message is not in the error queue, or another command is reading it"
            : ": Didit does not say its vendor_data"));
        Overrule(found.Key is not null && !string.Equals(found.Key, key.ToString(), StringComparison.OrdinalIgnoreCase),
            $"its metadata carries another key, {found.Key}: it was made for another message");
        Overrule(letter is not null && found.WorkflowId is not null
            && !string.Equals(found.WorkflowId, workflow, StringComparison.OrdinalIgnoreCase),
            $"it is of another workflow, {found.WorkflowId}");
        Refuse(found.WorkflowId is null && workflow is null, "Didit does not say its workflow, and there is no Didit:WorkflowId.");
        return found.ToSession(workflow ?? "", time.GetUtcNow()) is { } session ? (session, doubts)
            : throw new CommandException(ExitCodes.SomeFailed, "Didit does not say the URL of the session, and an answer must have one.");

        void Doubt(bool holds, string what) => doubts.AddRange(holds ? [what] : []);

        void Overrule(bool holds, string what)
        {
            Refuse(holds && reason is null, $"Not adopted: {what}. If it is right all the same, say why with --reason.");
            Doubt(holds, what);
        }
    }

    private async Task<System.Text.Json.JsonElement> AskAsync(string sessionId, CancellationToken cancellation)
    {
        try
        {
            return await client.DecisionAsync(sessionId, pipeline.ReadAsync, cancellation)
                ?? throw new CommandException(ExitCodes.SomeFailed, $"Didit does not know session {sessionId}.");
        }
        catch (ReadFailedException exception)
        {
            throw DiditSilence.For(exception, $"session {sessionId}");
        }
    }

    private static void Refuse(bool holds, string why)
    {
        if (holds)
        {
            throw new CommandException(ExitCodes.SomeFailed, why);
        }
    }
}
