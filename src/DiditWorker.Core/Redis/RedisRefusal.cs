using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>What Redis itself says where it answers, but refuses: its words, and what to do.</summary>
/// <param name="Code">Redis' error code, for example <c>OOM</c>: what refusals of one kind have in common.</param>
/// <param name="Words">Redis' own, in one line, cut off, without the arguments of a command.</param>
/// <param name="Action">What to do.</param>
public sealed record RedisRefusal(string Code, string Words, string Action)
{
    private const int MaxLength = 200;

    // An unknown command is answered with its arguments, among which an answer may be. ("unknown command", Redis' source, server.c)
    private const string Arguments = ", with args";

    // What the client makes of an error at the handshake.
    private const string Login = "SimpleError: ";

    // A right that is missing in a script has no code of its own; in the words of Redis 8, and of older ones. (script.c in Redis' source)
    private static readonly string[] MissingRightInScript = ["ACL failure in script", "The user executing the script can't"];

    // Before Redis 7 the error of a command in a script stands inside another text, so codes are also looked for within it.
    private static readonly (string Code, string Action)[] Known =
    [
        ("OOM", "give Redis more memory (maxmemory), or remove what others keep in it; restarting the worker does not help"),
        ("READONLY", "it is a replica: put the primary into ConnectionStrings:Redis, or Sentinel (serviceName=…)"),
        ("NOREPLICAS", "bring the replicas back that min-replicas-to-write asks for"),
        ("MISCONF", "look at Redis' log and disk: it cannot save its data"),
        ("NOPERM", "give the user in ConnectionStrings:Redis the rights of deploy/redis/users.template.acl"),
        ("NOAUTH", "put the right user and password into ConnectionStrings:Redis"),
        ("WRONGPASS", "correct user and password in ConnectionStrings:Redis"),
        ("LOADING", "wait: Redis reads its data after a start"),
        ("MASTERDOWN", "bring the primary of this replica back, or put the primary into ConnectionStrings:Redis"),
        ("CLUSTERDOWN", "look at CLUSTER NODES, and bring the missing nodes back"),
        ("WRONGTYPE", "somebody else wrote under the worker's prefix: look at the key, and give each program a prefix of its own"),
        ("BUSY", "somebody's script runs too long: SCRIPT KILL ends it"),
    ];

    /// <summary>Whether Redis does not let this user do it.</summary>
    public bool IsOfRights => Code is "NOPERM" or "NOAUTH" or "WRONGPASS";

    /// <summary>The refusal in a failure; null where Redis did not answer.</summary>
    public static RedisRefusal? Of(Exception? exception)
    {
        // A login that is refused is the cause of a connection that failed; the client has put words of its own around the server's.
        while (exception is not (null or RedisServerException))
        {
            if (exception.Message.StartsWith(Login, StringComparison.Ordinal))
            {
                return Of(exception.Message[Login.Length..].Split(". ", 2)[0]);
            }

            exception = exception.InnerException;
        }

        return exception is null ? null : Of(exception.Message);
    }

    /// <summary>The refusal, or else the kind of the failure, in one line that can be logged.</summary>
    public static string InWords(Exception exception) => Of(exception)?.Words ?? exception.GetType().Name;

    /// <summary>What failures of one kind have in common, for example <c>OOM</c> or <c>RedisTimeoutException</c>.</summary>
    public static string Kind(Exception exception) => Of(exception)?.Code ?? exception.GetType().Name;

    private static RedisRefusal Of(string message)
    {
        var words = message.Split(Arguments, 2)[0];
        words = string.Concat(words.Select(c => char.IsControl(c) ? ' ' : c));
        words = words.Length <= MaxLength ? words : words[..MaxLength] + "…";
        var code = MissingRightInScript.Any(sign => words.Contains(sign, StringComparison.Ordinal)) ? "NOPERM" : words.Split(' ', 2)[0];
        var found = Array.Find(Known, known => known.Code == code);
        found = found.Code is null ? Array.Find(Known, known => words.Contains(known.Code + " ", StringComparison.Ordinal)) : found;
        return found.Code is null
            ? new(code, words, "look at Redis' log and at deploy/redis")
            : new(found.Code, words, found.Action);
    }
}
