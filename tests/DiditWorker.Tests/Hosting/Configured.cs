using DiditWorker.Hosting;
using DiditWorker.Operations.DeadLetters;
using Microsoft.Extensions.Configuration;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

/// <summary>Settings from keys and values; only the API key is there from the start.</summary>
public static class Configured
{
    public static WorkerSettings With(params (string Key, string? Value)[] settings) => Only([("Didit:ApiKey", "api-key"), .. settings]);

    public static DeadLetterReader Reader(params (string Key, string? Value)[] settings)
    {
        var worker = With(settings);
        return new(worker.StartVerification, worker.Didit, worker.Idempotency);
    }

    public static WorkerSettings Only(params (string Key, string? Value)[] settings) => WorkerSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build());

    public static InvalidConfigurationException Refused(params (string Key, string? Value)[] settings) =>
        Should.Throw<InvalidConfigurationException>(() => With(settings));

    public static string Fault(string key, string? value) => Refused((key, value)).Faults.ShouldHaveSingleItem();
}
