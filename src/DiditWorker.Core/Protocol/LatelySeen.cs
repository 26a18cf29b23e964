namespace DiditWorker.Protocol;

/// <summary>
/// What came to whom lately at one kind of request, in bounded memory: the evidence of <see cref="FailurePolicy"/>. Requests are ordered by
/// when they were sent, so that a reply that comes late changes nothing. Not thread-safe.
/// </summary>
public sealed class LatelySeen
{
    // More than the policy ever asks for.
    private const int MaxEntries = 4 * FailurePolicy.MessagesInARow;

    private readonly List<(IdempotencyKey Key, DateTimeOffset Sent, DiditReply Reply)> _failed = [];
    private (IdempotencyKey Key, DateTimeOffset Sent) _latest;
    private (IdempotencyKey Key, DateTimeOffset Sent) _latestOfAnother;

    /// <summary>Notes a reply, and says what came to others.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="reply">What came.</param>
    /// <param name="sent">When the request was sent.</param>
    /// <param name="since">When the message came, or its latest failed request was sent.</param>
    public OthersLately Note(IdempotencyKey key, DiditReply reply, DateTimeOffset sent, DateTimeOffset since)
    {
        if (reply.Kind == ReplyKind.Answered)
        {
            Succeeded(key, sent);
            return default;
        }

        var succeeded = (_latest.Key != key ? _latest : _latestOfAnother).Sent > since;
        if (sent < _latest.Sent || !IsEvidence(reply.Kind))
        {
            return new(succeeded, InARow: 0, AlikeInARow: 0);
        }

        _failed.RemoveAll(failed => failed.Key == key);
        _failed.Add((key, sent, reply));
        if (_failed.Count > MaxEntries)
        {
            _failed.RemoveAt(0);
        }

        return new(
            succeeded,
            _failed.Count(failed => failed.Reply.Kind == reply.Kind),
            _failed.Count(failed => failed.Reply.Kind == reply.Kind && failed.Reply.Why == reply.Why));
    }

    private static bool IsEvidence(ReplyKind kind) => kind is not (ReplyKind.Throttled or ReplyKind.Conflict);

    private void Succeeded(IdempotencyKey key, DateTimeOffset sent)
    {
        _failed.RemoveAll(failed => failed.Sent <= sent);
        if (sent > _latest.Sent)
        {
            _latestOfAnother = _latest.Key == key ? _latestOfAnother : _latest;
            _latest = (key, sent);
        }
        else if (key != _latest.Key && sent > _latestOfAnother.Sent)
        {
            _latestOfAnother = (key, sent);
        }
    }
}
