namespace DiditWorker.Hosting;

/// <summary>
/// Settings that nobody reads, and that were most likely meant to be read: the worker would go on with a default, and connect to this
/// machine for example. What other programs set for themselves is passed over. The binder (<c>ErrorOnUnknownConfiguration</c>) would throw
/// instead of listing them with the other faults, and know neither what was meant nor of other sections.
/// </summary>
/// <param name="configuration">All settings, those of other programs in the environment among them.</param>
internal sealed class UnknownSettings(IConfiguration configuration)
{
    private const string ConnectionStrings = "ConnectionStrings";

    private static readonly string[] Sections =
        ["Didit", "Idempotency", "StartVerification", "Status", "RabbitMq", "Redis", ConnectionStrings];

    private static readonly string[] Names = ["RabbitMq", "Redis", "RabbitMqFile", "RedisFile"];

    // What stands in the names that people give to the two.
    private static readonly (string Part, string Name)[] Servers = [("rabbit", "RabbitMq"), ("amqp", "RabbitMq"), ("redis", "Redis")];

    /// <summary>Each with what is wrong.</summary>
    /// <param name="section">One of the worker alone: whatever else stands in it was meant for it.</param>
    /// <param name="names">The settings that it has.</param>
    public IEnumerable<(string Key, string Expected)> Find(string section, IReadOnlyList<string> names) =>
    [
        .. InSection(section, [.. names.Select(name => $"{section}:{name}")]), .. Misspelt(section),
        .. Servers.Any(server => server.Name == section) ? [.. InConnectionStrings(section), .. Misspelt(ConnectionStrings)]
            : ((string, string)[])[],
    ];

    // A plain value in place of a section is a variable of another program that happens to be called so: REDIS, STATUS.
    private IEnumerable<(string Key, string Expected)> InSection(string section, IReadOnlyList<string> known) => Values(section)
        .Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase))
        .Select(key => (key, "there is no such setting; "
            + (Spelling.Meant(key, known) is { } meant ? $"did you mean {meant}?" : "see deploy/CONFIGURATION.md")));

    private IEnumerable<(string Key, string Expected)> InConnectionStrings(string server) => Values(ConnectionStrings)
        .Select(key => (Key: key, Name: key[(ConnectionStrings.Length + 1)..]))
        .Where(one => !Names.Contains(one.Name, StringComparer.OrdinalIgnoreCase))
        .Select(one => (one.Key, Meant: Spelling.Meant(one.Name, Names) ?? ServerIn(one.Name)))
        .Where(one => one.Meant == server || one.Meant == server + "File")
        .Select(one => (one.Key, $"there is no such setting; did you mean {ConnectionStrings}:{one.Meant}?"));

    // Where the worker's own is set, the other one is another program's.
    private string? ServerIn(string name) => Servers
        .Where(server => name.Contains(server.Part, StringComparison.OrdinalIgnoreCase)
            && !IsSet(server.Name) && !IsSet(server.Name + "File"))
        .Select(server => server.Name)
        .FirstOrDefault();

    private IEnumerable<(string Key, string Expected)> Misspelt(string section) => configuration.GetChildren()
        .Where(other => !Sections.Contains(other.Key, StringComparer.OrdinalIgnoreCase) && Values(other.Key).Any()
            && Spelling.Meant(other.Key, Sections) == section)
        .Select(other => (other.Key, $"there is no such section; did you mean {section}?"));

    private bool IsSet(string name) => !string.IsNullOrEmpty(configuration[$"{ConnectionStrings}:{name}"]);

    private IEnumerable<string> Values(string section) => configuration.GetSection(section).AsEnumerable()
        .Where(setting => setting.Value is not null && IsIn(setting.Key, section))
        .Select(setting => setting.Key);

    private static bool IsIn(string key, string section) =>
        key.Length > section.Length + 1 && key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);
}
