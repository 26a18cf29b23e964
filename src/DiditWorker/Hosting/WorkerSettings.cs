using System.Text.RegularExpressions;
using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Probe;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using DiditWorker.Status;
using DiditWorker.Verification;

namespace DiditWorker.Hosting;

/// <summary>All settings, read and checked once at start.</summary>
/// <param name="RabbitMq">Where the broker is: what <see cref="RabbitMqFile"/> holds now, if it is set.</param>
/// <param name="Redis">StackExchange.Redis connection string: what <see cref="RedisFile"/> holds now, if it is set.</param>
/// <param name="Didit">Section <c>Didit</c>.</param>
/// <param name="Idempotency">Section <c>Idempotency</c>.</param>
/// <param name="StartVerification">Section <c>StartVerification</c>.</param>
/// <param name="EncryptionKeys">What <c>Idempotency:EncryptionKeyFile</c> holds.</param>
/// <param name="Status">Section <c>Status</c>.</param>
/// <param name="ProbeReport">What <c>Didit:ProbeReportFile</c> holds; the service only.</param>
public sealed partial record WorkerSettings(
    BrokerAddress RabbitMq,
    string Redis,
    DiditOptions Didit,
    IdempotencyOptions Idempotency,
    StartVerificationOptions StartVerification,
    SecretFile<AnswerKeys>? EncryptionKeys,
    StatusOptions Status,
    ProbeReport? ProbeReport)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc cref="WorkerSettings" path="/param[@name='RabbitMq']"/>
    public BrokerAddress RabbitMq { get => RabbitMqFile?.Current ?? field; init; } = RabbitMq;

    /// <summary>The file with the broker's address. Default null.</summary>
    public SecretFile<BrokerAddress>? RabbitMqFile { get; init; }

    /// <inheritdoc cref="WorkerSettings" path="/param[@name='Redis']"/>
    public string Redis { get => RedisFile?.Current ?? field; init; } = Redis;

    /// <summary>The file with the connection string of Redis. Default null.</summary>
    public SecretFile<string>? RedisFile { get; init; }

    /// <summary>Section <c>RabbitMq</c>: whom to trust, and what to show.</summary>
    public required PeerCertificates RabbitMqCertificates { get; init; }

    /// <summary>Section <c>Redis</c>: whom to trust, and what to show.</summary>
    public required PeerCertificates RedisCertificates { get; init; }

    /// <summary>How the broker is reached.</summary>
    public BrokerAccess Broker => new(() => RabbitMq, RabbitMqCertificates, StartVerification.MaximumBodySize);

    /// <summary>All files that may change while the worker runs.</summary>
    public IReadOnlyList<SecretFile> SecretFiles { get; init; } = [];

    /// <summary>Reads and checks.</summary>
    /// <param name="configuration">From where.</param>
    /// <param name="withProbeReport">Not for the operator's commands: one of them is what writes the report.</param>
    /// <exception cref="InvalidConfigurationException">Something is wrong; it lists every fault.</exception>
    public static WorkerSettings From(IConfiguration configuration, bool withProbeReport = true)
    {
        var read = new SettingsReader(configuration);
        var didit = DiditSettings.Read(read);
        var idempotency = ReadIdempotency(read);
        var startVerification = ReadStartVerification(read);
        var keys = idempotency.EncryptionKeyFile is { } path
            ? read.SecretFile<AnswerKeys>("Idempotency:EncryptionKeyFile", (text, _) => AnswerKeys.Read(text), path)
            : null;
        var report = withProbeReport && didit.ProbeReportFile is { } file ? read.Read("Didit:ProbeReportFile", file, ProbeReportFile.Read)
            : null;
        var status = StatusSettings.Read(read);
        var (rabbitMq, rabbitMqFile) = ConnectionSettings.ReadRabbitMq(read);
        var (redis, redisFile) = ConnectionSettings.ReadRedis(read);
        var rabbitMqCertificates =
            ConnectionSettings.ReadCertificates(read, "RabbitMq", rabbitMq?.Tls, "write amqps:// in ConnectionStrings:RabbitMq");
        var redisCertificates = ConnectionSettings.ReadCertificates(
            read, "Redis", redis is null ? null : RedisConnection.Options(redis).Ssl, "write ssl=true in ConnectionStrings:Redis");
        RequireAcross(read, didit, idempotency);
        read.RefuseUnknown("Didit", "Idempotency", "StartVerification", "Status", "RabbitMq", "Redis");
        return read.Faults.Count == 0
            ? new(rabbitMq!, redis!, didit, idempotency, startVerification, keys, status, report)
            {
                RabbitMqFile = rabbitMqFile, RedisFile = redisFile, RabbitMqCertificates = rabbitMqCertificates,
                RedisCertificates = redisCertificates,
                SecretFiles = read.SecretFiles,
            }
            : throw new InvalidConfigurationException(read.Faults);
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
            UnencryptedAnswers = read.Choice("Idempotency:UnencryptedAnswers", defaults.UnencryptedAnswers),
        };

        // Documented as "didit:{key}": the part in braces is added to every key, and may be written out or not.
        options = options with { KeyPrefix = options.KeyPrefix.Replace("{key}", "", StringComparison.Ordinal) };
        read.Require(
            ScopePattern().IsMatch(options.Scope), "Idempotency:Scope", options.Scope, "expected to match [a-z0-9][a-z0-9.-]{0,63}");
        read.Require(options.KeyPrefix.IndexOfAny(['{', '}', ' ']) < 0, "Idempotency:KeyPrefix", options.KeyPrefix,
            "must hold no braces or blanks: the key itself is the hash tag");
        read.Require(
            options.UnencryptedAnswers == UnencryptedAnswers.Read
                || options.EncryptionKeyFile is not null, "Idempotency:UnencryptedAnswers",
            $"{options.UnencryptedAnswers}", "needs Idempotency:EncryptionKeyFile, or no answer could ever be read");
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
            QueueWatchInterval = read.Time(
                "StartVerification:QueueWatchInterval", defaults.QueueWatchInterval, Millisecond * 50, TimeSpan.FromHours(1)),
            Topology = read.Choice("StartVerification:Topology", defaults.Topology),
        };
        read.Require(QueuePattern().IsMatch(options.Queue), "StartVerification:Queue", options.Queue,
            "expected 1 to 200 letters, digits, '-', '_', '.' or ':'");
        return options;
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

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,63}\\z", RegexOptions.None, 1000)]
    private static partial Regex ScopePattern();

    [GeneratedRegex("^[A-Za-z0-9_.:-]{1,200}\\z", RegexOptions.None, 1000)]
    private static partial Regex QueuePattern();

    /// <summary>Without what it holds: passwords and keys are among it.</summary>
    public override string ToString() => nameof(WorkerSettings);
}
