using DotNet.Testcontainers.Configurations;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>Whether this run takes its servers from Docker or from this machine; decided once, at the first need.</summary>
internal sealed record ServerSource(bool IsDocker, string Description)
{
    private const string Setting = "DIDITWORKER_TEST_SERVERS";
    private const string HowToGetNative = "on Debian or Ubuntu: apt-get install -y --no-install-recommends rabbitmq-server redis-server";

    // Debian's /usr/sbin/rabbitmq-server changes user and directory first; the one in /usr/lib does neither.
    private static readonly string[] Directories =
    [
        "/usr/lib/rabbitmq/bin",
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        "/usr/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/sbin",
    ];

    private static readonly Lazy<Task<ServerSource>> Chosen = new(ChooseAsync);

    public static Task<ServerSource> Current => Chosen.Value;

    /// <summary>The path of a program that <see cref="Current"/> has found to be there.</summary>
    public static string Find(string program) =>
        FindOrNull(program) ?? throw new FileNotFoundException($"{program} is not installed; {HowToGetNative}");

    private static async Task<ServerSource> ChooseAsync()
    {
        var wanted = Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } value ? value : "auto";
        var (forcedDocker, forcedNative) = (wanted is "docker", wanted is "native");
        if (!forcedDocker && !forcedNative && wanted is not "auto")
            throw new InvalidOperationException($"{Setting} is '{wanted}'; it may be docker, native or auto.");

        var whyNotDocker = $"{Setting}=native";
        if (!forcedNative)
        {
            try
            {
                return await UseDockerAsync();
            }
            catch (Exception exception)
            {
                whyNotDocker = $"Docker does not answer: {exception.Message.Trim()}";
                if (forcedDocker)
                    throw new InvalidOperationException($"{Setting}=docker, but {whyNotDocker}", exception);
            }
        }

        return UseNative(whyNotDocker);
    }

    private static async Task<ServerSource> UseDockerAsync()
    {
        var endpoint =
            TestcontainersSettings.OS.DockerEndpointAuthConfig
            ?? throw new InvalidOperationException(
                "no daemon was found that Testcontainers can talk to. One that is running may be too old for it: "
                    + "then set DOCKER_API_VERSION to what docker version --format '{{.Server.APIVersion}}' prints"
            );
        using var docker = endpoint.GetDockerClientBuilder(Guid.Empty).Build();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var version = await docker.System.GetVersionAsync(bound.Token);
        await Leftovers.RemoveContainersAsync(docker);
        return new(true, $"Testcontainers (Docker {version.Version})");
    }

    private static ServerSource UseNative(string whyNotDocker)
    {
        string[] missing = [.. new[] { "rabbitmq-server", "epmd", "redis-server" }.Where(name => FindOrNull(name) is null)];
        if (OperatingSystem.IsWindows() || missing.Length > 0)
        {
            throw new InvalidOperationException(
                $"No RabbitMQ and Redis to test against. {whyNotDocker}. Not installed here: {string.Join(", ", missing)}. "
                    + $"Install and start Docker, or {HowToGetNative}."
            );
        }

        Leftovers.RemoveDirectories();
        return new(false, $"native processes ({whyNotDocker})");
    }

    /// <summary>The path of a program, or null where it is not installed.</summary>
    public static string? FindOrNull(string program) =>
        Directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
