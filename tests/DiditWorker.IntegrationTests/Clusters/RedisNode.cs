using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>A Redis with <c>deploy/redis/redis.conf</c>, its users, and what a test adds.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly NativeHost _host;
    private readonly string _administrator;

    public RedisNode(Deployed deployed, params string[] more)
    {
        var directory = Leftovers.NewDirectory();
        string In(string name) => Path.Combine(directory, name);
        File.WriteAllText(In("users.acl"), deployed.AclFile);
        File.WriteAllText(In("replica.conf"), $"masterauth {deployed.Passwords["replica"]}\n");
        var configuration = Deployed.Text("redis/redis.conf")
            .Replace("/etc/redis/users.acl", In("users.acl"), StringComparison.Ordinal)
            .Replace("/run/secrets/redis-replica.conf", In("replica.conf"), StringComparison.Ordinal);
        string[] own = [configuration, "bind 127.0.0.1", $"port {Port}", $"dir {directory}", "save \"\"", .. more];
        File.WriteAllText(In("redis.conf"), string.Join('\n', own) + "\n");
        _host = new(directory, [], new Command(ServerSource.Find("redis-server"), In("redis.conf")));
        _administrator = $"127.0.0.1:{Port},user=admin,password={deployed.Passwords["admin"]},allowAdmin=true,abortConnect=false";
    }

    public int Port { get; } = FreePort.Take();

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public async Task StartAsync()
    {
        await _host.StartAsync();
        try
        {
            await Eventually.UntilAsync(async () => (await InfoAsync()).Count > 0, Bound, $"Redis at {Endpoint} answers");
        }
        catch (NUnit.Framework.AssertionException exception)
        {
            throw new InvalidOperationException(await _host.LogTailAsync(), exception);
        }
    }

    public Task KillAsync() => _host.KillAsync();

    /// <summary>SIGSTOP, SIGCONT: its connections stay open and it answers nothing; what is sent meanwhile it does afterwards.</summary>
    public Task PauseAsync(bool paused) => _host.PauseAsync(paused);

    public Task<IReadOnlyDictionary<string, string>> InfoAsync() => OnAsync<IReadOnlyDictionary<string, string>>(async server =>
        (await server.InfoAsync()).SelectMany(group => group).DistinctBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));

    public Task<RedisResult> ExecuteAsync(string command, params object[] arguments) =>
        OnAsync(server => server.ExecuteAsync(command, arguments));

    public async ValueTask DisposeAsync()
    {
        await PauseOffAsync();
        await _host.DisposeAsync();
    }

    private async Task PauseOffAsync()
    {
        try
        {
            await _host.PauseAsync(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // It does not run.
        }
    }

    private async Task<T> OnAsync<T>(Func<IServer, Task<T>> act)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_administrator);
        return await act(redis.GetServer(Endpoint));
    }
}
