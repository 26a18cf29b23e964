using DiditWorker.Tests.Shared;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>Packets between loopback addresses get lost, without a word to either side: iptables, for which one must be root.</summary>
internal sealed class Partition : IAsyncDisposable
{
    private readonly List<string[]> _rules = [];

    public static async Task<Partition> CutAsync(string one, IReadOnlyList<string> others)
    {
        var partition = new Partition();
        foreach (var other in others)
        {
            foreach (var (from, to) in ((string, string)[])[(one, other), (other, one)])
            {
                string[] rule = ["INPUT", "-i", "lo", "-s", from, "-d", to, "-j", "DROP"];
                await RunAsync(["-I", .. rule]);
                partition._rules.Add(rule);
            }
        }

        return partition;
    }

    /// <summary>Heals it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var rule in _rules)
        {
            await RunAsync(["-D", .. rule]);
        }
    }

    private static async Task RunAsync(string[] arguments) => _ = (await ProgramRun.ToEndAsync("iptables", ["-w", .. arguments])).Required;
}
