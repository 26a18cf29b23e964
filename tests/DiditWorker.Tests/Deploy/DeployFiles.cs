using DiditWorker.Tests.Shared;

namespace DiditWorker.Tests.Deploy;

/// <summary>Files that name settings and commands of the worker from outside.</summary>
internal static class DeployFiles
{
    public static string Kubernetes { get; } = Path.Combine(Repository.Root, "deploy", "kubernetes");

    public static string Base { get; } = Path.Combine(Kubernetes, "base");

    public static string Workflow { get; } = Path.Combine(Repository.Root, ".github", "workflows", "ci.yml");

    public static string Compose { get; } = Path.Combine(Repository.Root, "docker-compose.yml");

    /// <summary>Path from the repository's root, and content.</summary>
    public static IEnumerable<(string Path, string Text)> All() => Directory.EnumerateFiles(Kubernetes, "*", SearchOption.AllDirectories)
        .Concat(new[] { "docker", "rabbitmq", "redis", "security" }.SelectMany(name =>
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy", name), "*", SearchOption.AllDirectories)))
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github"), "*", SearchOption.AllDirectories))
        .Append(Compose)
        .Order(StringComparer.Ordinal)
        .Select(path => (Path.GetRelativePath(Repository.Root, path), File.ReadAllText(path)));

    /// <summary>A file with a key for what is at rest, in the place of the cluster's own. Tests in parallel read it.</summary>
    public static string AnyKey { get; } = WriteAnyKey();

    private static string WriteAnyKey()
    {
        var path = Path.Combine(Repository.Root, "artifacts", "any-key");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, Convert.ToBase64String(new byte[32]));
        return path;
    }
}
