using System.Globalization;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>How often a Redis ran each command since <see cref="ResetAsync"/>, those inside scripts included.</summary>
internal sealed class CommandCount
{
    private readonly Dictionary<string, long> _calls;

    private CommandCount(Dictionary<string, long> calls) => _calls = calls;

    public long this[string command] => _calls.GetValueOrDefault(command);

    public static Task ResetAsync(IServer server) => server.ConfigResetStatisticsAsync();

    public static async Task<CommandCount> ReadAsync(IServer server) =>
        new(
            (await server.InfoAsync("commandstats"))
                .SelectMany(section => section)
                .ToDictionary(
                    // cmdstat_evalsha:calls=3,usec=…
                    line => line.Key["cmdstat_".Length..],
                    line => long.Parse(line.Value.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture),
                    StringComparer.Ordinal
                )
        );
}
