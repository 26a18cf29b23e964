namespace DiditWorker.Hosting;

/// <summary>
/// Settings that nobody reads, and that were most likely meant to be read: the worker would go on with a default, and connect to this
/// machine for example. What other programs set for themselves is passed over.
/// </summary>
/// <param name="configuration">All settings, those of other programs in the environment among them.</param>
/// <param name="known">The names that are read, of section and setting.</param>
internal sealed class UnknownSettings(IConfiguration configuration, IReadOnlyCollection<string> known)
{
    private const string ConnectionStrings = "ConnectionStrings";

    // What stands in the names that people give to the two.
    private static readonly (string Part, string Name)[] Servers = [("rabbit", "RabbitMq"), ("amqp", "RabbitMq"), ("redis", "Redis")];

    /// <summary>Each with what is wrong.</summary>
    /// <param name="sections">Those of the worker alone: whatever else stands in them was meant for it.</param>
    public IEnumerable<(string Key, string Expected)> Find(IReadOnlyList<string> sections) =>
        [.. sections.SelectMany(InSection), .. InConnectionStrings(), .. OfSections([.. sections, ConnectionStrings])];

    // A plain value in place of a section is a variable of another program that happens to be called so: REDIS, STATUS.
    private IEnumerable<(string Key, string Expected)> InSection(string section) => Values(section)
        .Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase))
        .Select(key => (key, "there is no such setting; " + (Spelling.Meant(key, known.Where(k => IsIn(k, section))) is { } meant
            ? $"did you mean {meant}?"
            : "see deploy/CONFIGURATION.md")));

    private IEnumerable<(string Key, string Expected)> InConnectionStrings() => Values(ConnectionStrings)
        .Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase))
        .Select(key => (key, Spelling.Meant(key[(ConnectionStrings.Length + 1)..], ["RabbitMq", "Redis", "RabbitMqFile", "RedisFile"])
            ?? ServerIn(key)))
        .Where(found => found.Item2 is not null)
        .Select(found => (found.key, $"there is no such setting; did you mean {ConnectionStrings}:{found.Item2}?"));

    // Where the worker's own is set, the other one is another program's.
    private string? ServerIn(string key) => Servers
        .Where(server => key.Contains(server.Part, StringComparison.OrdinalIgnoreCase)
            && !IsSet(server.Name) && !IsSet(server.Name + "File"))
        .Select(server => server.Name)
        .FirstOrDefault();

    private IEnumerable<(string Key, string Expected)> OfSections(IReadOnlyList<string> sections) => configuration.GetChildren()
        .Where(section => !sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase) && Values(section.Key).Any())
        .Select(section => (section.Key, Meant: Spelling.Meant(section.Key, sections)))
        .Where(section => section.Meant is not null)
        .Select(section => (section.Key, $"there is no such section; did you mean {section.Meant}?"));

    private bool IsSet(string name) => !string.IsNullOrEmpty(configuration[$"{ConnectionStrings}:{name}"]);

    private IEnumerable<string> Values(string section) => configuration.GetSection(section).AsEnumerable()
        .Where(setting => setting.Value is not null && IsIn(setting.Key, section))
        .Select(setting => setting.Key);

    private static bool IsIn(string key, string section) =>
        key.Length > section.Length + 1 && key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);
}
