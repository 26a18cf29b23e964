using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using DiditWorker.Status;
using DiditWorker.Verification;
using Microsoft.Extensions.Options;

namespace DiditWorker.Hosting;

/// <summary>
/// The options, each for itself: whoever asks for one learns what is wrong with it, and <see cref="Check"/> says what is wrong with any.
/// </summary>
internal static class WorkerOptions
{
    /// <summary>Adds the options, and what their secrets and files are now.</summary>
    /// <param name="services">Takes them.</param>
    /// <param name="configuration">What is set.</param>
    public static IServiceCollection AddWorkerOptions(this IServiceCollection services, IConfiguration configuration)
    {
        List<SecretFile> files = [];
        SettingsSection<T> Section<T>(string name)
            where T : class => new(configuration, files, name);
        var (didit, idempotency, status) = (
            Section<DiditOptions>("Didit"), Section<IdempotencyOptions>("Idempotency"), Section<StatusOptions>("Status"));
        var (ranges, rules) = (new SettingRanges(), new SettingRules(didit.Bind()));
        var keyReader = new SecretReader(configuration, files);
        var apiKey = keyReader.Secret<Secret>("Didit:ApiKey", SecretForms.ApiKey);
        keyReader.Require(
            apiKey.Current is not null || keyReader.Faults.Count > 0, "Didit:ApiKey", null,
            "required; set it, or Didit:ApiKeyFile to a file that holds it (Didit console, API keys)");
        var token = status.Secrets.Secret<Secret>("Status:Token", SecretForms.Token).File;
        var keys = idempotency.Secrets.File<AnswerKeys>(
            "Idempotency:EncryptionKeyFile", (text, _) => AnswerKeys.Read(text), idempotency.Bind().EncryptionKeyFile);
        services.AddSection(didit, ranges, rules)
            .Configure(options => (options.CurrentApiKey, options.KeyFaults) = (
                apiKey.File is { } file ? () => file.Current : null, keyReader.Faults.Count == 0 ? [] : keyReader.Faults));
        services.AddSection(idempotency, ranges, rules);
        services.AddSection(Section<StartVerificationOptions>("StartVerification"), ranges);
        services.AddSection(status, rules).Configure(options => options.CurrentToken = token is null ? null : () => token.Current);
        return services.AddServers(Section<RabbitMqOptions>("RabbitMq"), Section<RedisOptions>("Redis"))
            .AddSingleton(provider => new AnswerCipher(
                keys is null ? null : () => keys.Current, provider.GetRequiredService<IdempotencyOptions>().UnencryptedAnswers))
            .AddSingleton(provider => new WorkerSecrets(
                provider.GetRequiredService<RabbitMqOptions>().Certificates, provider.GetRequiredService<RedisOptions>().Certificates,
                files));
    }

    /// <summary>Makes faults of the key of Didit faults of its section.</summary>
    public static IServiceCollection RequireApiKey(this IServiceCollection services) =>
        services.AddSingleton<IValidateOptions<DiditOptions>, KeyRule>();

    /// <summary>Asks for all options.</summary>
    /// <exception cref="InvalidConfigurationException">Something is wrong; it lists every fault.</exception>
    public static void Check(this IServiceProvider provider)
    {
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception refused) when (refused is OptionsValidationException or AggregateException)
        {
            var all = ((refused as AggregateException)?.InnerExceptions ?? [refused]).Cast<OptionsValidationException>();
            throw new InvalidConfigurationException([.. all.SelectMany(one => one.Failures).Distinct(StringComparer.Ordinal)]);
        }
    }

    private static IServiceCollection AddServers(
        this IServiceCollection services, SettingsSection<RabbitMqOptions> rabbitMq, SettingsSection<RedisOptions> redis)
    {
        var broker = rabbitMq.Secrets.Secret<BrokerAddress>(
            "ConnectionStrings:RabbitMq", SecretForms.RabbitMq, "amqp://guest:guest@localhost:5672/", Fault.MaskUser);
        var records = redis.Secrets.Secret<Secret>("ConnectionStrings:Redis", SecretForms.Redis, "localhost:6379");
        var brokerCertificates = rabbitMq.Bind()
            .ReadCertificates(rabbitMq.Secrets, "RabbitMq", broker.Current?.Tls, "write amqps://");
        bool? isTls = records.Current is { } text ? RedisConnection.Options(text.Reveal()).Ssl : null;
        var redisCertificates = redis.Bind().ReadCertificates(redis.Secrets, "Redis", isTls, "write ssl=true");
        services.AddSection(rabbitMq).Configure(options => (options.Connection, options.Certificates) = (broker, brokerCertificates));
        services.AddSection(redis).Configure(options => (options.Connection, options.Certificates) = (records, redisCertificates));
        return services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<RabbitMqOptions>();
            var limits = provider.GetRequiredService<StartVerificationOptions>();
            return new BrokerAccess(() => options.Connection.Current!, options.Certificates, limits.MaximumBodySize);
        });
    }

    // A class takes its options and not IOptions of them: they do not change.
    private static OptionsBuilder<T> AddSection<T>(
        this IServiceCollection services, SettingsSection<T> section, params IReadOnlyList<IValidateOptions<T>> rules)
        where T : class
    {
        section.Rules = rules;
        services.AddSingleton<IConfigureOptions<T>>(section).AddSingleton<IValidateOptions<T>>(section);
        return services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value).AddOptions<T>().ValidateOnStart();
    }

    private sealed class KeyRule : IValidateOptions<DiditOptions>
    {
        public ValidateOptionsResult Validate(string? name, DiditOptions options) =>
            options.KeyFaults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(options.KeyFaults);
    }
}
