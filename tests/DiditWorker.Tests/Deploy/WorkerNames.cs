using DiditWorker.Simulator;
using DiditWorker.Tests.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace DiditWorker.Tests.Deploy;

/// <summary>
/// The settings that there are: those that the worker asks for when it reads its configuration, and those of its frameworks.
/// </summary>
internal static class WorkerNames
{
    private static readonly string[] OfFrameworks = ["ASPNETCORE_", "DOTNET_", "OTEL_"];

    private static readonly Lazy<HashSet<string>> Asked = new(ReadAsked);

    private static readonly HashSet<string> OfSimulator =
        typeof(SimulatorSettings).GetProperties().Select(property => "Simulator:" + property.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name, as <c>Section__Name</c> or <c>Section:Name</c>, means something to worker or simulator.</summary>
    public static bool Know(string name)
    {
        var key = name.Replace("__", ":", StringComparison.Ordinal);
        return Asked.Value.Contains(key) || OfSimulator.Contains(key)
            || key.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase)
            || OfFrameworks.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static HashSet<string> ReadAsked()
    {
        var asked = new Listening(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Didit:ApiKey"] = "k" }).Build());
        Configured.From(asked);
        return asked.Keys;
    }

    /// <summary>Notes what it is asked for.</summary>
    private sealed class Listening(IConfiguration configuration) : IConfiguration
    {
        public HashSet<string> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

        public string? this[string key]
        {
            get
            {
                Keys.Add(key);
                return configuration[key];
            }
            set => configuration[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => configuration.GetChildren();

        public IChangeToken GetReloadToken() => configuration.GetReloadToken();

        public IConfigurationSection GetSection(string key) => configuration.GetSection(key);
    }
}
