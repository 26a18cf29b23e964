using DiditWorker.Didit;
using DiditWorker.Hosting;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using DiditWorker.Status;
using DiditWorker.Verification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

/// <summary>What the service gets of a configuration.</summary>
public sealed class Configured(IServiceProvider services)
{
    public DiditOptions Didit => services.GetRequiredService<DiditOptions>();

    public IdempotencyOptions Idempotency => services.GetRequiredService<IdempotencyOptions>();

    public StartVerificationOptions StartVerification => services.GetRequiredService<StartVerificationOptions>();

    public StatusOptions Status => services.GetRequiredService<StatusOptions>();

    public RabbitMqOptions RabbitMqOptions => services.GetRequiredService<RabbitMqOptions>();

    public RedisOptions RedisOptions => services.GetRequiredService<RedisOptions>();

    public BrokerAccess Broker => services.GetRequiredService<BrokerAccess>();

    public BrokerAddress RabbitMq => Broker.Address;

    public string Redis => RedisOptions.Connection.Current!.Reveal();

    public IReadOnlyList<SecretFile> SecretFiles => services.GetRequiredService<WorkerSecrets>().Files;

    public SecretFile<AnswerKeys>? EncryptionKeys => SecretFiles.OfType<SecretFile<AnswerKeys>>().SingleOrDefault();

    /// <summary>Settings from keys and values; only the API key is there from the start.</summary>
    public static Configured With(params (string Key, string? Value)[] settings) => Only([("Didit:ApiKey", "api-key"), .. settings]);

    public static Configured Only(params (string Key, string? Value)[] settings) => From(Of(settings));

    public static Configured From(IConfiguration configuration)
    {
        var services = new ServiceCollection().AddWorkerOptions(configuration).RequireApiKey()
            .AddSingleton<IValidateOptions<DiditOptions>, ProbeReportRule>().BuildServiceProvider();
        services.Check();
        return new(services);
    }

    public static IConfiguration Of(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build();

    public static DeadLetterReader Reader(params (string Key, string? Value)[] settings)
    {
        var worker = With(settings);
        return new(worker.StartVerification, worker.Didit, worker.Idempotency);
    }

    public static InvalidConfigurationException Refused(params (string Key, string? Value)[] settings) =>
        Should.Throw<InvalidConfigurationException>(() => With(settings));

    public static string Fault(string key, string? value) => Refused((key, value)).Faults.ShouldHaveSingleItem();
}
