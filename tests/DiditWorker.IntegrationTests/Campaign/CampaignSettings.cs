using System.Globalization;
using DiditWorker.Tests.Shared;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>How long, from which seed, and where the history goes.</summary>
internal sealed record CampaignSettings(TimeSpan Duration, int Seed, string Directory)
{
    public const string MinutesVariable = "DIDITWORKER_CAMPAIGN_MINUTES";
    public const string SeedVariable = "DIDITWORKER_CAMPAIGN_SEED";
    private const double DefaultMinutes = 2.5;
    private const int DefaultSeed = 20261124;

    public string HistoryFile => Path.Combine(Directory, Seed.ToString(CultureInfo.InvariantCulture) + ".jsonl");

    public static CampaignSettings FromEnvironment()
    {
        var minutes = Read(MinutesVariable) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : DefaultMinutes;
        var seed = Read(SeedVariable) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : DefaultSeed;
        var directory = Path.Combine(Repository.Root, "artifacts", "campaign");
        System.IO.Directory.CreateDirectory(directory);
        return new(TimeSpan.FromMinutes(minutes), seed, directory);
    }

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
