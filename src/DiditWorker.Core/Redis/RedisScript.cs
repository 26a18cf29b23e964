using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>A script that runs in Redis. The client calls it by its hash, and with the text where the server does not have it.</summary>
/// <param name="Name">For spans.</param>
/// <param name="Text">In Lua.</param>
internal sealed record RedisScript(string Name, string Text)
{
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
    public Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments) =>
        database.ScriptEvaluateAsync(Text, keys, arguments);

    /// <inheritdoc />
    public override string ToString() => Name;
}
