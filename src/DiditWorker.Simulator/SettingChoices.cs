using System.Text.Json.Serialization;

namespace DiditWorker.Simulator;

/// <summary>What the simulator does with the <c>Idempotency-Key</c> header of a create.</summary>
public enum HeaderMode
{
    /// <summary>The header is logged and otherwise ignored, as Didit's published error page says of this operation.</summary>
    Ignored,

    /// <summary>The header deduplicates creates, as the article says.</summary>
    Honoured,
}

/// <summary>How a repeated key is answered while <see cref="HeaderMode.Honoured"/>.</summary>
public enum RepeatReply
{
    /// <summary>201 with the original reply.</summary>
    Original,

    /// <summary>409 <c>{"detail":"..."}</c>, always.</summary>
    Conflict,
}

/// <summary>The JSON name of a session's id on the Didit API.</summary>
public enum SessionIdField
{
    /// <summary><c>session_id</c>, as Didit's published pages say.</summary>
    [JsonStringEnumMemberName("session_id")]
    SessionId,

    /// <summary><c>uuid</c>, as the article says.</summary>
    [JsonStringEnumMemberName("uuid")]
    Uuid,

    /// <summary>Both, with the same value.</summary>
    [JsonStringEnumMemberName("both")]
    Both,
}

/// <summary>How a create without the trailing slash of its path is answered.</summary>
public enum WithoutSlash
{
    /// <summary>301 to the path with the slash.</summary>
    Redirected,

    /// <summary>As with the slash.</summary>
    Works,

    /// <summary>404.</summary>
    Refused,
}

/// <summary>What the list shows to this API key, which may be a scoped one.</summary>
public enum ListScope
{
    /// <summary>Every session.</summary>
    Everything,

    /// <summary>Only seeded sessions: none that a create with this key made.</summary>
    NothingOfItsOwn,

    /// <summary>The list is refused with 403.</summary>
    Refused,
}
