using System.Collections.Concurrent;
using DiditWorker.Tests.Shared;

namespace DiditWorker.Tests.Deploy;

/// <summary>What <c>kubectl kustomize</c> makes of the directories.</summary>
internal static class Rendered
{
    public const string Production = "overlays/production";
    public const string Development = "overlays/development";
    public const string ProductionCommand = "commands/production";
    public const string DevelopmentCommand = "commands/development";
    public const string RabbitMqExample = "examples/rabbitmq-cluster-operator";
    public const string RedisExample = "examples/redis-sentinel";

    /// <summary>Production with every component.</summary>
    public const string Everything = "everything";

    public static readonly string[] Directories =
        ["base", Production, Development, ProductionCommand, DevelopmentCommand, RabbitMqExample, RedisExample, Everything];

    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<Manifest>>>> Known = new(StringComparer.Ordinal);

    /// <summary>Every object of a directory; the test is skipped where there is no kubectl.</summary>
    public static Task<IReadOnlyList<Manifest>> ReadAsync(string directory)
    {
        Programs.Require("kubectl", "it renders the overlays (kubectl kustomize)");
        return Known.GetOrAdd(directory, name => new(() => RenderAsync(name))).Value;
    }

    private static async Task<IReadOnlyList<Manifest>> RenderAsync(string directory)
    {
        var path = directory == Everything ? await WithEveryComponentAsync() : Path.Combine(DeployFiles.Kubernetes, directory);
        return Manifest.Read((await ProgramRun.ToEndAsync("kubectl", ["kustomize", path])).Required);
    }

    private static async Task<string> WithEveryComponentAsync()
    {
        var path = Path.Combine(Repository.Root, "artifacts", "kustomize-everything");
        var (kubernetes, already) = ("../../deploy/kubernetes/", new[] { "keda", "tls", "reconcile" });
        var components = Directory.EnumerateDirectories(Path.Combine(DeployFiles.Kubernetes, "components")).Select(Path.GetFileName)
            .Except(already);
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "kustomization.yaml"),
            $"resources: [{kubernetes}{Production}]\nnamespace: diditworker\ncomponents: "
                + $"[{string.Join(", ", components.Select(name => $"{kubernetes}components/{name}"))}]\n");
        return path;
    }
}
