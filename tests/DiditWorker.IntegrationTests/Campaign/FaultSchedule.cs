using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>
/// The seeded schedule: episodes one after the other, each with one kind of weather at Didit and one strike into it. Both come from decks
/// that are shuffled again when they are used up, so that every kind has its turn.
/// </summary>
internal sealed class FaultSchedule(CampaignWorld world, Driver driver)
{
    private const int EpisodesPerPhase = 4;
    private static readonly int[] WithoutCompanies = [403, 404, 400];

    private readonly Random _random = new(world.Settings.Seed);
    private readonly Queue<WeatherKind> _weather = new();
    private readonly Queue<StrikeKind> _strikes = new();

    /// <summary>Until the end; a strike that cannot be carried out ends it early, which is a failure.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        var strike = new Strike(world, driver, _random);
        var companies = world.Settings.Seed % 2 == 0;
        if (!companies)
        {
            await world.Didit.RefuseBusinessListsAsync(WithoutCompanies[_random.Next(WithoutCompanies.Length)]);
        }

        for (var episode = 0; !end.IsCancellationRequested; episode++)
        {
            var phase = episode / EpisodesPerPhase;
            var honoured = phase % 2 == 1;
            if (episode % EpisodesPerPhase == 0)
            {
                // Both kinds with and without the header.
                await BeginPhaseAsync(honoured, business: companies && phase % 4 is (1 or 2));
            }

            await EpisodeAsync(strike, honoured);
        }
    }

    private async Task BeginPhaseAsync(bool honoured, bool business)
    {
        var lag = TimeSpan.FromMilliseconds(_random.Next(50, 301));
        await world.Didit.ConfigureAsync(honoured ? HeaderMode.Honoured : HeaderMode.Ignored, lag);
        await world.Didit.MakeBusinessSessionsAsync(business);
        driver.Rate = _random.Next(10, 31);
        world.History.Add("phase", detail: new { honoured, business, lag, driver.Rate });
        world.History.Count(honoured ? "phases with the header honoured" : "phases with the header ignored");
        world.History.Count(business ? "phases with sessions of companies" : "phases with sessions of persons");
    }

    private async Task EpisodeAsync(Strike strike, bool honoured)
    {
        var blow = Draw(_strikes);
        var weather = Strike.NeedsClearWeather(blow) ? WeatherKind.Clear : Draw(_weather);
        world.History.Add("fault-episode", detail: new { weather = weather.ToString(), strike = blow.ToString() });
        world.History.Count("weather " + weather);
        world.History.Count("strike " + blow);
        var rules = new List<long>();
        foreach (var rule in Weather.Rules(weather, honoured, _random))
        {
            rules.Add(await world.Didit.AddFaultAsync(rule));
        }

        await BetweenAsync(1_000, 2_500);
        await strike.RunAsync(blow);
        world.History.Add("fault-strike-done", detail: blow.ToString());
        await BetweenAsync(2_000, 3_500);
        foreach (var rule in rules)
        {
            await world.Didit.RemoveFaultAsync(rule);
        }

        world.History.Add("fault-clear");
        foreach (var replica in world.Replicas)
        {
            replica.Check();
        }

        await Task.Delay(Weather.Aftermath(weather, honoured));
        await BetweenAsync(1_000, 2_000);
    }

    // The workload itself: time between faults.
    private Task BetweenAsync(int least, int most) => Task.Delay(TimeSpan.FromMilliseconds(_random.Next(least, most)));

    private T Draw<T>(Queue<T> deck)
        where T : struct, Enum
    {
        if (deck.Count == 0)
        {
            var all = Enum.GetValues<T>();
            _random.Shuffle(all);
            foreach (var kind in all)
            {
                deck.Enqueue(kind);
            }
        }

        return deck.Dequeue();
    }
}
