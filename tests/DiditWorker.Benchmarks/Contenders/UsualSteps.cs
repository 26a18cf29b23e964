using System.Text.Json;
using DiditWorker.Contracts;
using StackExchange.Redis;
using UUIDNext;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// What people write today: GET, POST, SET. Two deliveries at once make two sessions, and a crash between POST and SET makes another one.
/// </summary>
public sealed class UsualSteps : IAsyncDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);
    private readonly ConnectionMultiplexer _redis;
    private readonly DiditHttp _didit;

    internal UsualSteps(ContenderSettings settings) =>
        (_redis, _didit) = (ConnectionMultiplexer.Connect(settings.Redis), new(settings.Didit));

    /// <summary>The answer to one message.</summary>
    public async Task<VerificationSessionCreated> RunAsync(Guid messageId, StartVerification message)
    {
        var database = _redis.GetDatabase();
        var key = Uuid.NewNameBased(messageId, "start-verification");
        RedisKey name = "usual:" + key;
        var stored = await database.StringGetAsync(name);
        if (stored.IsNullOrEmpty)
        {
            var created = await _didit.CreateAsync(message.VendorData!, key);
            await database.StringSetAsync(name, JsonSerializer.Serialize(created, ContenderJson.Default.CreatedSession), Window);
            return DiditHttp.Answer(created, messageId.ToString(), key, message.VendorData!);
        }

        var session = JsonSerializer.Deserialize((string)stored!, ContenderJson.Default.CreatedSession)!;
        return DiditHttp.Answer(session, messageId.ToString(), key, message.VendorData!);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        _didit.Dispose();
    }
}
