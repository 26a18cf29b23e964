using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// A script that Redis knows by the SHA-1 of its text (Redis documentation, EVALSHA). Called with the text, the client looks its hash up by
/// the whole text each time.
/// </summary>
/// <param name="Name">For spans.</param>
/// <param name="Text">In Lua.</param>
internal sealed record RedisScript(string Name, string Text)
{
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "It is how Redis names scripts.")]
    private readonly byte[] _hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>One of those in <c>Redis/Scripts</c>, by its file's name without <c>.lua</c>.</summary>
    public static RedisScript Of(string name) => Embedded(name, "DiditWorker.Redis.Scripts." + name);

    /// <summary>One that is embedded in this assembly, by its resource's name without <c>.lua</c>.</summary>
    public static RedisScript Embedded(string name, string resource)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(resource + ".lua")!;
        using var reader = new StreamReader(stream);
        return new(name, reader.ReadToEnd());
    }

    /// <summary>Runs it: one round trip, and more where the server does not have the script yet, or not any more.</summary>
    public async Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(_hash, keys, arguments);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // The script was not run. With the text the client loads it.
            return await database.ScriptEvaluateAsync(Text, keys, arguments);
        }
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}
