using System.Text.RegularExpressions;
using DiditWorker.Didit;
using DiditWorker.Idempotency;
using DiditWorker.Transport;
using DiditWorker.Verification;

namespace DiditWorker.Hosting;

/// <summary>All settings, read and checked once at start.</summary>
/// <param name="RabbitMq">Where the broker is.</param>
/// <param name="Redis">StackExchange.Redis connection string.</param>
/// <param name="Didit">Section <c>Didit</c>.</param>
/// <param name="Idempotency">Section <c>Idempotency</c>.</param>
/// <param name="StartVerification">Section <c>StartVerification</c>.</param>
/// <param name="EncryptionKey">What <c>Idempotency:EncryptionKeyFile</c> holds.</param>
public sealed partial record WorkerSettings(
    BrokerAddress RabbitMq,
    string Redis,
    DiditOptions Didit,
    IdempotencyOptions Idempotency,
    StartVerificationOptions StartVerification,
    byte[]? EncryptionKey)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads and checks.</summary>
    /// <exception cref="InvalidConfigurationException">Something is wrong; it lists every fault.</exception>
    public static WorkerSettings From(IConfiguration configuration)
    {
        var read = new SettingsReader(configuration);
        var didit = ReadDidit(read);
        var idempotency = ReadIdempotency(read);
        var startVerification = ReadStartVerification(read);
        var encryptionKey = idempotency.EncryptionKeyFile is { } path ? read.Read("Idempotency:EncryptionKeyFile", path, AnswerCipher.ReadKey) : null;
        var broker = ReadBroker(read);
        var redis = ReadRedis(read);
        RequireAcross(read, didit, idempotency);
        read.RefuseUnknown("Didit", "Idempotency", "StartVerification");
        return read.Faults.Count == 0
            ? new(broker!, redis, didit, idempotency, startVerification, encryptionKey)
            : throw new InvalidConfigurationException(read.Faults);
    }

    private static DiditOptions ReadDidit(SettingsReader read)
    {
        var defaults = new DiditOptions { ApiKey = read.Secret("Didit:ApiKey") ?? "" };
        read.Require(defaults.ApiKey.Length > 0, "Didit:ApiKey", value: null,
            "required; set it, or Didit:ApiKeyFile to a file that holds it (Didit console, API keys)");
        read.Require(defaults.ApiKey.All(c => c is > ' ' and < '\x7f'), "Didit:ApiKey", "***", "holds characters that cannot stand in an HTTP header");
        return defaults with
        {
            BaseAddress = ReadBaseAddress(read, defaults.BaseAddress),
            CreateSessionPath = ReadPath(read, "Didit:CreateSessionPath", defaults.CreateSessionPath),
            ListSessionsPath = ReadPath(read, "Didit:ListSessionsPath", defaults.ListSessionsPath),
            DecisionPath = ReadPath(read, "Didit:DecisionPath", defaults.DecisionPath),
            WorkflowId = ReadWorkflow(read),
            Callback = ReadCallback(read),
            IdempotencyWindow = read.Time("Didit:IdempotencyWindow", defaults.IdempotencyWindow, TimeSpan.Zero, TimeSpan.FromDays(30)),
            WindowMargin = read.Time("Didit:WindowMargin", defaults.WindowMargin, TimeSpan.Zero, TimeSpan.FromDays(1)),
            LookupBeforeResend = read.Choice("Didit:LookupBeforeResend", defaults.LookupBeforeResend),
            LookupDelay = read.Time("Didit:LookupDelay", defaults.LookupDelay, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            RequestsPerMinute = read.Number("Didit:RequestsPerMinute", defaults.RequestsPerMinute, 1, 10_000_000),
            LookupsPerMinute = read.Number("Didit:LookupsPerMinute", defaults.LookupsPerMinute, 1, 10_000_000),
            AttemptTimeout = read.Time("Didit:AttemptTimeout", defaults.AttemptTimeout, Millisecond * 10, TimeSpan.FromMinutes(10)),
            TotalTimeout = read.Time("Didit:TotalTimeout", defaults.TotalTimeout, Millisecond * 10, TimeSpan.FromMinutes(20)),
            BreakDuration = read.Time("Didit:BreakDuration", defaults.BreakDuration, Millisecond * 500, TimeSpan.FromMinutes(10)),
            RefusedPause = read.Time("Didit:RefusedPause", defaults.RefusedPause, Millisecond * 10, TimeSpan.FromHours(1)),
            SessionLifetime = read.Time("Didit:SessionLifetime", defaults.SessionLifetime, Second, TimeSpan.FromDays(365)),
        };
    }

    private static IdempotencyOptions ReadIdempotency(SettingsReader read)
    {
        var defaults = new IdempotencyOptions();
        var options = defaults with
        {
            Scope = read.Text("Idempotency:Scope") ?? defaults.Scope,
            KeyPrefix = read.Text("Idempotency:KeyPrefix") ?? defaults.KeyPrefix,
            Lease = read.Time("Idempotency:Lease", defaults.Lease, Millisecond * 50, TimeSpan.FromHours(1)),
            WhenRedisUnavailable = read.Choice("Idempotency:WhenRedisUnavailable", defaults.WhenRedisUnavailable),
            MaximumAttempts = read.Number("Idempotency:MaximumAttempts", defaults.MaximumAttempts, 1, 1000),
            EncryptionKeyFile = read.Text("Idempotency:EncryptionKeyFile"),
        };

        // Documented as "didit:{key}": the part in braces is added to every key, and may be written out or not.
        options = options with { KeyPrefix = options.KeyPrefix.Replace("{key}", "", StringComparison.Ordinal) };
        read.Require(ScopePattern().IsMatch(options.Scope), "Idempotency:Scope", options.Scope, "expected to match [a-z0-9][a-z0-9.-]{0,63}");
        read.Require(options.KeyPrefix.IndexOfAny(['{', '}', ' ']) < 0, "Idempotency:KeyPrefix", options.KeyPrefix,
            "must hold no braces or blanks: the key itself is the hash tag");
        return options;
    }

    private static StartVerificationOptions ReadStartVerification(SettingsReader read)
    {
        var defaults = new StartVerificationOptions();
        var options = defaults with
        {
            Queue = read.Text("StartVerification:Queue") ?? defaults.Queue,
            PrefetchCount = read.Number("StartVerification:PrefetchCount", defaults.PrefetchCount, 1, 65535),
            ConcurrentMessageLimit = read.Number("StartVerification:ConcurrentMessageLimit", defaults.ConcurrentMessageLimit, 1, 65535),
            MaximumBodySize = read.Number("StartVerification:MaximumBodySize", defaults.MaximumBodySize, 1024, 64 * 1024 * 1024),
            MaximumHold = read.Time("StartVerification:MaximumHold", defaults.MaximumHold, Second, TimeSpan.FromHours(24)),
        };
        read.Require(QueuePattern().IsMatch(options.Queue), "StartVerification:Queue", options.Queue,
            "expected 1 to 200 letters, digits, '-', '_', '.' or ':'");
        return options;
    }

    private static Uri ReadBaseAddress(SettingsReader read, Uri fallback)
    {
        var text = read.Text("Didit:BaseAddress");
        if (text is null)
        {
            return fallback;
        }

        var good = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri!.PathAndQuery == "/" && uri.UserInfo == "";
        read.Require(good, "Didit:BaseAddress", Masked(text), "expected an http or https address without path, query or user");
        return good ? uri! : fallback;
    }

    private static string ReadPath(SettingsReader read, string key, string fallback)
    {
        var path = read.Text(key) ?? fallback;
        read.Require(path.StartsWith('/') && path.EndsWith('/') && !path.Contains('?', StringComparison.Ordinal), key, path,
            "expected to begin and end with '/' (Didit redirects without the last one, and the redirect drops the key)");
        return path;
    }

    private static string? ReadWorkflow(SettingsReader read)
    {
        var text = read.Text("Didit:WorkflowId");
        read.Require(text is null || RequestId.TryReadUuid(text, "D", out _), "Didit:WorkflowId", text, "expected a UUID with hyphens");
        return text?.ToLowerInvariant();
    }

    private static string? ReadCallback(SettingsReader read)
    {
        var text = read.Text("Didit:Callback");
        read.Require(text is null || CallbackRule.Allows(text), "Didit:Callback", text, CallbackRule.Expected);
        return text;
    }

    private static BrokerAddress? ReadBroker(SettingsReader read)
    {
        var text = read.Text("ConnectionStrings:RabbitMq") ?? "amqp://guest:guest@localhost:5672/";
        if (BrokerAddress.TryParse(text, out var address, out var problem))
        {
            return address;
        }

        read.Fault("ConnectionStrings:RabbitMq", Masked(text), problem);
        return null;
    }

    private static string ReadRedis(SettingsReader read)
    {
        var text = read.Text("ConnectionStrings:Redis") ?? "localhost:6379";
        try
        {
            read.Require(RedisConnection.Options(text).EndPoints.Count > 0, "ConnectionStrings:Redis", "***", "names no host");
        }
        catch (ArgumentException)
        {
            // Its text may quote a part of the password.
            read.Fault("ConnectionStrings:Redis", "***", "is no StackExchange.Redis connection string");
        }

        return text;
    }

    private static void RequireAcross(SettingsReader read, DiditOptions didit, IdempotencyOptions idempotency)
    {
        read.Require(didit.AttemptTimeout <= didit.TotalTimeout, "Didit:AttemptTimeout", $"{didit.AttemptTimeout:c}",
            $"must not be longer than Didit:TotalTimeout ({didit.TotalTimeout:c})");
        read.Require(idempotency.Lease > didit.TotalTimeout, "Idempotency:Lease", $"{idempotency.Lease:c}",
            $"must be longer than Didit:TotalTimeout ({didit.TotalTimeout:c}), or two workers could own one key");
        read.Require(didit.LookupDelay < didit.TotalTimeout, "Didit:LookupDelay", $"{didit.LookupDelay:c}",
            $"must be shorter than Didit:TotalTimeout ({didit.TotalTimeout:c}), or no look-up would ever be made");
        read.Require(
            didit.IdempotencyWindow > TimeSpan.Zero || didit.LookupBeforeResend != LookupBeforeResend.Never,
            "Didit:LookupBeforeResend", $"{didit.LookupBeforeResend}",
            "must not be Never while Didit:IdempotencyWindow is 0: nothing would prevent a second session");
    }

    // Keeps the host readable and hides whatever could be user and password, however broken the address.
    private static string Masked(string address) => address.LastIndexOf('@') is var at and >= 0 ? "***" + address[at..] : address;

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,63}\\z", RegexOptions.None, 1000)]
    private static partial Regex ScopePattern();

    [GeneratedRegex("^[A-Za-z0-9_.:-]{1,200}\\z", RegexOptions.None, 1000)]
    private static partial Regex QueuePattern();
}
