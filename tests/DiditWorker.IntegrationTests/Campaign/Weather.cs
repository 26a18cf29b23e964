using System.Globalization;
using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>What Didit is like for some seconds.</summary>
internal enum WeatherKind
{
    Clear,
    Down503,
    ResetsEverything,
    Slow,
    SlowerThanTheTimeout,
    SilentAfterCreate,
    SilentBeforeCreate,
    Resetting,
    Throttling,
    Malformed,
    BadGatewayAfterCreate,
    Refuses,
    NoCredits,
    PageForEverybody,
    PageForSome,
    ReadsFail,
    ReadsThrottled,
}

/// <summary>The simulator's faults for each kind.</summary>
internal static class Weather
{
    /// <summary>
    /// How long Didit may still be at work on a create that the worker has given up. While Didit ignores the header, that must stay within
    /// what Didit:LookupDelay covers; while it honours it, it may be seconds.
    /// </summary>
    private const int LateIgnored = 200;
    private const int LateHonoured = 3_000;

    private const string Page = "<html><head><title>Not here</title></head><body><h1>Not here</h1></body></html>";
    private static readonly int[] PageStatuses = [404, 405, 406, 413];
    private static readonly (int Status, string Body)[] CreditsMissing =
    [
        (400, """{"detail":"You don't have enough credits to perform this request. Please top up at https://example.org/console"}"""),
        (403, """{"code":"contract_billing_suspended"}"""),
        (404, """{"code":"application_deleted"}"""),
    ];

    public static IReadOnlyList<FaultRule> Rules(WeatherKind kind, bool honoured, Random random)
    {
        FaultRule Create(FaultKind fault, double probability) =>
            new() { Operation = DiditOperation.Create, Kind = fault, Probability = probability, Seed = random.Next() };
        FaultRule Read(DiditOperation operation, FaultKind fault, double probability) =>
            new()
            {
                Operation = operation, Kind = fault, Probability = probability, Seed = random.Next(),
                Status = fault == FaultKind.Status ? 503 : null
            };
        var timeout = (int)CampaignWorld.AttemptTimeout.TotalMilliseconds;
        return kind switch
        {
            WeatherKind.Down503 => Everything(FaultKind.Status, random.Next(500, 505)),
            WeatherKind.ResetsEverything => Everything(FaultKind.ResetBeforeCreate),
            WeatherKind.Slow => [Create(FaultKind.Delay, 0.6) with { Delay = Milliseconds(random.Next(200, 1_300)) }],
            WeatherKind.SlowerThanTheTimeout =>
                [Create(FaultKind.Delay, 0.3) with
                    { Delay = Milliseconds(timeout + random.Next(20, honoured ? LateHonoured : LateIgnored)) }],
            WeatherKind.SilentAfterCreate => [Create(FaultKind.TimeoutAfterCreate, 0.4)],
            WeatherKind.SilentBeforeCreate => [Create(FaultKind.TimeoutBeforeCreate, 0.3)],
            WeatherKind.Resetting =>
                [Create(FaultKind.ResetAfterCreate, 0.3), Create(FaultKind.ResetBeforeCreate, 0.2),
                    Read(DiditOperation.List, FaultKind.ResetBeforeCreate, 0.2)],
            WeatherKind.Throttling =>
            [
                Create(FaultKind.Status, 0.7) with { Status = 429, RetryAfter = random.Next(1, 4).ToString(CultureInfo.InvariantCulture) },
                Read(DiditOperation.List, FaultKind.Status, 0.3) with { Status = 429 },
            ],
            WeatherKind.Malformed =>
            [
                Create(FaultKind.Malformed, 0.3), Create(FaultKind.Empty, 0.2),
                Read(DiditOperation.List, FaultKind.Malformed, 0.2), Read(DiditOperation.Decision, FaultKind.Malformed, 0.2),
            ],
            WeatherKind.BadGatewayAfterCreate => [Create(FaultKind.StatusAfterCreate, 0.4)],
            WeatherKind.Refuses => [new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = random.Next(401, 404) }],
            WeatherKind.NoCredits => [NoCredits(CreditsMissing[random.Next(CreditsMissing.Length)])],
            WeatherKind.PageForEverybody => [Paged(Create(FaultKind.Status, 1), PageStatuses[random.Next(PageStatuses.Length)])],
            WeatherKind.PageForSome => [Paged(Create(FaultKind.Status, 0.1), 403)],
            WeatherKind.ReadsThrottled =>
            [
                Create(FaultKind.ResetAfterCreate, 0.2),
                Read(DiditOperation.List, FaultKind.Status, 1) with { Status = 429, RetryAfter = $"{random.Next(1, 4)}" },
            ],
            WeatherKind.ReadsFail =>
                [Create(FaultKind.TimeoutAfterCreate, 0.2), Read(DiditOperation.List, FaultKind.Status, 0.5),
                    Read(DiditOperation.Decision, FaultKind.Status, 0.5)],
            _ => [],
        };
    }

    /// <summary>After which no create that came before is still being worked on.</summary>
    public static TimeSpan Aftermath(WeatherKind kind, bool honoured) =>
        kind == WeatherKind.SlowerThanTheTimeout && honoured ? CampaignWorld.AttemptTimeout + Milliseconds(LateHonoured + 500)
            : TimeSpan.Zero;

    private static FaultRule NoCredits((int Status, string Body) said) =>
        new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = said.Status, Body = said.Body };

    private static FaultRule Paged(FaultRule rule, int status) => rule with { Status = status, Body = Page, ContentType = "text/html" };

    private static IReadOnlyList<FaultRule> Everything(FaultKind kind, int? status = null) =>
    [
        new() { Operation = DiditOperation.Any, Kind = kind, Status = status },
        new() { Operation = DiditOperation.Health, Kind = kind, Status = status },
    ];

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
