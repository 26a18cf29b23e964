using System.Net.Http.Json;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>A user of the arena's broker and one of its Redis, for the worker alone, whose passwords change.</summary>
internal sealed class Accounts(Arena arena, RabbitMqServer rabbitMq)
{
    private readonly string _user = "u" + new Uri(arena.ConnectionString).AbsolutePath.Trim('/');

    /// <summary>Sets it; connections that were opened with another one stay open until they are cut.</summary>
    public async Task SetRabbitMqPasswordAsync(string password)
    {
        using var management = rabbitMq.ManagementClient();
        (await management.PutAsJsonAsync($"api/users/{_user}", new { password, tags = "" })).EnsureSuccessStatusCode();
        var rights = new { configure = ".*", write = ".*", read = ".*" };
        (await management.PutAsJsonAsync($"api/permissions{new Uri(arena.ConnectionString).AbsolutePath}/{_user}", rights))
            .EnsureSuccessStatusCode();
    }

    /// <summary>
    /// Closes the user's connections that the broker lists, which lags behind a connection by some seconds: call it again until it has
    /// worked.
    /// </summary>
    public async Task CutRabbitMqAsync()
    {
        foreach (var name in await ConnectionsAsync(_ => true))
        {
            await CutAsync(name);
        }
    }

    /// <summary>The connections by which workers take messages, as far as the broker lists them.</summary>
    public Task<List<string>> WorkersAsync() => ConnectionsAsync(connection => Is(connection, "user_provided_name", "diditworker"));

    /// <summary>Closes one connection.</summary>
    public async Task CutAsync(string name)
    {
        using var management = rabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri("api/connections/" + Uri.EscapeDataString(name), UriKind.Relative));
    }

    public string RabbitMqAddress(string password)
    {
        var address = new Uri(arena.ConnectionString);
        return $"amqp://{_user}:{password}@{address.Authority[(address.Authority.LastIndexOf('@') + 1)..]}{address.AbsolutePath}";
    }

    /// <inheritdoc cref="SetRabbitMqPasswordAsync"/>
    public Task SetRedisPasswordAsync(string password) =>
        arena.OnRedisAsync(redis => redis.ExecuteAsync("ACL", "SETUSER", _user, "reset", "on", ">" + password, "~*", "&*", "+@all"));

    public Task CutRedisAsync() => arena.OnRedisAsync(redis => redis.ExecuteAsync("CLIENT", "KILL", "USER", _user));

    public string RedisAddress(string password) => $"{arena.Redis.ConnectionString.Split(',')[0]},user={_user},password={password}";

    public async Task RemoveAsync()
    {
        using var management = rabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri($"api/users/{_user}", UriKind.Relative));
        await arena.OnRedisAsync(redis => redis.ExecuteAsync("ACL", "DELUSER", _user));
    }

    private async Task<List<string>> ConnectionsAsync(Func<JsonElement, bool> which)
    {
        using var management = rabbitMq.ManagementClient();
        return
        [
            .. (await management.GetFromJsonAsync<List<JsonElement>>("api/connections") ?? [])
                .Where(connection => Is(connection, "user", _user) && which(connection))
                .Select(connection => connection.GetProperty("name").GetString()!),
        ];
    }

    // While it opens, a connection is listed without some of its members.
    private static bool Is(JsonElement connection, string member, string value) =>
        connection.TryGetProperty(member, out var found) && found.GetString() == value;
}
