using System.Security.Cryptography;
using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Redis;
using StackExchange.Redis;
using UUIDNext;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// Claim, create, complete, with the worker's own scripts and so with its guarantees, as long as nothing fails: no look-up, no retry, no
/// rate.
/// </summary>
public sealed class ClaimedSteps : IAsyncDisposable
{
    private const string Lease = "120000";
    private const string Window = "86400000";
    private static readonly Guid Namespace = new("6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly RedisScript Claim = RedisScript.Of("claim");
    private static readonly RedisScript Complete = RedisScript.Of("complete");

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _redis;
    private readonly DiditHttp _didit;

    internal ClaimedSteps(ContenderSettings settings)
    {
        _connection = ConnectionMultiplexer.Connect(settings.Redis);
        (_redis, _didit) = (_connection.GetDatabase(), new(settings.Didit));
    }

    /// <summary>The answer to one message.</summary>
    /// <param name="id">Its MessageId.</param>
    /// <param name="message">Its content.</param>
    /// <param name="fingerprint">Of its content.</param>
    public async Task<VerificationSessionCreated> RunAsync(string id, StartVerification message, string fingerprint)
    {
        var key = Uuid.NewNameBased(Namespace, "start-verification:" + id);
        return DiditHttp.Answer(await SessionAsync(key, message.VendorData!, fingerprint), id, key, message.VendorData!);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _didit.Dispose();
    }

    private async Task<CreatedSession> SessionAsync(Guid key, string vendorData, string fingerprint)
    {
        RedisKey[] keys = [$"raw:{{{key}}}", "raw:{horizon}"];
        var owner = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        while (true)
        {
            var reply = (RedisValue[])(await Claim.RunAsync(_redis, keys, [fingerprint, owner, Lease, Window]))!;
            if (reply[1] != "0")
            {
                var session = await _didit.CreateAsync(vendorData, key);
                var payload = JsonSerializer.Serialize(session, ContenderJson.Default.CreatedSession);
                await Complete.RunAsync(_redis, keys[..1], ["1 C", fingerprint, owner, (long)reply[0], Window, Lease, payload]);
                return session;
            }

            var record = (string)reply[2]!;
            if (record[2] == 'C')
            {
                return JsonSerializer.Deserialize(
                    record.AsSpan(record.IndexOf('{', StringComparison.Ordinal)), ContenderJson.Default.CreatedSession)!;
            }

            await Task.Delay(Poll);
        }
    }
}
