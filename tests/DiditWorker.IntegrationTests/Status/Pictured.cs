using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Status;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>States of a worker, as a status page is given them.</summary>
internal static class Pictured
{
    public const string OtherKey = "84edbaec-24eb-51ae-acda-c7fb39801c63";
    public const string Key = "e3e13779-0505-5319-8b93-1e2b36c1007e";
    private const string Error = "start-verification_error";
    private static readonly string[] Outcomes = ["created", "replayed", "adopted", "rejected", "parked", "waited", "failed"];

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>All is well: 1,234 sessions created in the last full minute.</summary>
    public static StatusSnapshot Healthy() => new()
    {
        At = Now,
        Version = "0.1.0",
        Host = "worker-7c9f",
        Started = Now.AddHours(-30),
        Health = Health(
            "Healthy", Part("Healthy", "connected", action: null), Part("Healthy", "answers", action: null),
            Part("Healthy", "no pause", action: null)),
        Outcomes = Minutes(
        [
            .. Enumerable.Range(0, 13).Select(i => Counts(900 + (i * 37 % 11 * 30), 40 + i, i % 3)), Counts(1234, 57, 2, waited: 3),
            Counts(411, 20),
        ]),
        InFlight = 12,
        ConcurrentMessageLimit = 128,
        Circuit = "closed",
        Pause = null,
        Wait = new(0.7, 3.1),
        CreateRate = new(1500, 1234),
        WaitingNow = [],
        WaitingNowCount = 0,
        Queues = new(
            Now.AddSeconds(-4),
            [new("start-verification", 0, 3) { Held = 12 }, new(Error, 0, 0), new("start-verification_skipped", 0, 0)]),
        DeadLetters = [],
        Reconciliation = Reconciled(secondSessions: 0),
        Window = 86_100,
        Errors = [],
    };

    /// <summary>Credits are missing, Redis is gone, dead letters wait, one of them too long.</summary>
    public static StatusSnapshot Bad() => Healthy() with
    {
        Health = Health(
            "Unhealthy",
            Part("Healthy", "connected", action: null),
            Part("Unhealthy", "does not answer (RedisConnectionException); messages wait", "check ConnectionStrings:Redis and the server"),
            Part("Degraded", "paused: Didit answered 402", "add credits in Didit's console; the worker goes on by itself")),
        Outcomes = Minutes(
        [
            .. Enumerable.Range(0, 9)
                .Select(i => Counts(240 + (i * 53 % 7 * 9), 12, 1)), Counts(201, 9, 2, rejected: 2), Counts(133, 8, rejected: 3, parked: 1),
            Counts(41, 6, waited: 22, failed: 1), Counts(0, 2, waited: 64), Counts(0, 5, waited: 61, rejected: 7), Counts(0, 1, waited: 17),
        ]),
        InFlight = 128,
        Circuit = "open",
        Pause = new(PauseReasons.CreditsMissing, "Didit answered 402 Payment Required", Now.AddMinutes(-3), Now.AddSeconds(4.5)),
        Wait = WaitEstimate.Unknown,
        CreateRate = new(300, 0),
        Reconciliation = Reconciled(secondSessions: 2),
        WaitingNow =
        [
            Waiting("order-5002", Key, 28, "Didit did not answer in time", -3), Waiting("order-5117", OtherKey, 4, "500", -1),
        ],
        WaitingNowCount = 2,
        Queues = new(
            Now.AddSeconds(-7),
            [new("start-verification", 18_204, 0) { Held = 64 }, new(Error, 23, 0), new("start-verification_skipped", 1, 0)]),
        DeadLetters =
        [
            new(Error, "RefusedByDidit", 14, Remaining: 11_575), new(Error, "AmbiguousSession", 6, Remaining: 78_020),
                new(Error, "AttemptsExhausted", 3, Remaining: -60),
            new("start-verification_skipped", "Skipped", 1, Remaining: null),
        ],
        Errors =
        [
            new(Now.AddSeconds(-20), "rejected", "RefusedByDidit", Key),
                new(Now.AddMinutes(-2), "parked", "AmbiguousSession", OtherKey),
            new(Now.AddMinutes(-75), "failed", "NullReferenceException", Key: null),
        ],
    };

    /// <summary>Degraded: the circuit is half-open.</summary>
    public static StatusSnapshot Degraded() => Healthy() with
    {
        Health = Health(
            "Degraded", Part("Healthy", "connected", action: null),
            Part("Degraded", "maxmemory-policy is volatile-lru", "set it to noeviction"),
            Part("Healthy", "no pause", action: null)),
        Circuit = "half-open",
    };

    /// <summary>Just started: as little is known as can be.</summary>
    public static StatusSnapshot Unknown() => Healthy() with
    {
        Outcomes = [],
        Circuit = "",
        Queues = null,
        DeadLetters = [],
        Reconciliation = null,
    };

    private static ReconciliationResult Reconciled(long secondSessions) => new()
    {
        At = Now.AddHours(-2), Since = Now.AddHours(-14), Until = Now.AddHours(-2), Sessions = 100_012, Answered = 100_004,
        SecondSessions = secondSessions, Orphans = 0, Missing = 0, WithoutKey = 3, NearEnd = 41,
    };

    /// <summary>The same words wherever the worker's state holds text.</summary>
    public static StatusSnapshot Saying(string text) => Bad() with
    {
        Version = text,
        Host = text,
        Circuit = text,
        Health = new(
        "Unhealthy", new Dictionary<string,
        PartStatus>(StringComparer.Ordinal)
        { [text] = new("Unhealthy", Now, text, text), ["didit"] = new(text, Now, text, text) }),
        Pause = new(text, text, Now, Now),
        WaitingNow = [new() { RequestId = text, Key = text, Attempts = 1, Last = text, LastAt = Now, NextTry = Now }],
        WaitingNowCount = 1,
        Queues = new(Now, [new(text, 1, 1)]),
        DeadLetters = [new(text, text, 1, 1)],
        Errors = [new(Now, text, text, text)],
    };

    private static HealthStatus Health(string status, PartStatus broker, PartStatus redis, PartStatus didit) =>
        new(status, new Dictionary<string,
            PartStatus>(StringComparer.Ordinal)
        { ["broker"] = broker, ["redis"] = redis, ["didit"] = didit });

    private static PartStatus Part(string status, string description, string? action) =>
        new(status, Now.AddMinutes(-3), description, action);

    private static WaitingStatus Waiting(string id, string key, int attempts, string last, int minutes) => new()
    {
        RequestId = id, Key = key, Attempts = attempts, Last = last, LastAt = Now.AddMinutes(minutes), NextTry = Now.AddMinutes(2.5),
    };

    private static Dictionary<string, long> Counts(
        long created = 0, long replayed = 0, long adopted = 0, long rejected = 0, long parked = 0, long waited = 0, long failed = 0) =>
        Outcomes.Zip([created, replayed, adopted, rejected, parked, waited, failed])
            .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    private static MinuteOfOutcomes[] Minutes(Dictionary<string, long>[] counts)
    {
        var current = DateTimeOffset.FromUnixTimeSeconds(Now.ToUnixTimeSeconds() / 60 * 60);
        return [.. counts.Select((count, i) => new MinuteOfOutcomes(current.AddMinutes(i + 1 - counts.Length), count))];
    }
}
