using System.Diagnostics;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>Finds and removes what a run that crashed has left: containers by their label, processes by their directory.</summary>
internal static class Leftovers
{
    public const string ContainerLabel = "diditworker.tests";
    public const string OwnerLabel = "diditworker.tests.owner";

    private const string DirectoryPrefix = "diditworker-tests-";
    private const string OwnerFile = "owner";
    private static readonly TimeSpan OldEnough = TimeSpan.FromHours(1);

    /// <summary>This run as machine, process and start time; the start time, because process ids come round again.</summary>
    public static string Owner { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.MachineName}/{Environment.ProcessId}/{StartedAt(Environment.ProcessId)}"
        );

    /// <summary>A new directory for a native server.</summary>
    public static string NewDirectory()
    {
        var directory = Directory.CreateTempSubdirectory(DirectoryPrefix).FullName;
        File.WriteAllText(Path.Combine(directory, OwnerFile), Owner);
        return directory;
    }

    public static async Task RemoveContainersAsync(DockerClient docker)
    {
        var label = new Dictionary<string, bool>(StringComparer.Ordinal) { [$"{ContainerLabel}=true"] = true };
        var all = new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = label },
        };
        foreach (var container in await docker.Containers.ListContainersAsync(all))
        {
            if (!IsLeftOver(container.Labels[OwnerLabel], container.Created))
                continue;
            TestContext.Progress.WriteLine($"Removing the container {container.ID[..12]} of a run that has ended");
            try
            {
                await docker.Containers.RemoveContainerAsync(container.ID, new() { Force = true, RemoveVolumes = true });
            }
            catch (DockerApiException)
            {
                // Another run, just started too, is removing it.
            }
        }
    }

    public static void RemoveDirectories()
    {
        foreach (var directory in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(DirectoryPrefix + "*"))
        {
            var file = Path.Combine(directory.FullName, OwnerFile);
            if (!File.Exists(file) || !IsLeftOver(File.ReadAllText(file), directory.CreationTimeUtc))
                continue;
            TestContext.Progress.WriteLine($"Removing {directory.FullName} of a run that has ended");
            foreach (var process in Process.GetProcesses().Where(process => WorksIn(process, directory.FullName)))
            {
                process.Kill();
                process.WaitForExit(TimeSpan.FromSeconds(2));
            }

            try
            {
                directory.Delete(recursive: true);
            }
            catch (IOException)
            {
                // Another run, just started too, is removing it.
            }
        }
    }

    /// <summary>A run on this machine is asked for; one on another machine that shares the daemon is given an hour.</summary>
    private static bool IsLeftOver(string owner, DateTime createdAt)
    {
        var parts = owner.Split('/');
        return string.Equals(parts[0], Environment.MachineName, StringComparison.Ordinal)
            ? !string.Equals(parts[2], StartedAt(int.Parse(parts[1], CultureInfo.InvariantCulture)), StringComparison.Ordinal)
            : DateTime.UtcNow - createdAt.ToUniversalTime() > OldEnough;
    }

    private static string? StartedAt(int pid)
    {
        // Field 22 of stat, counted after the name in brackets, which may hold blanks itself.
        var stat = $"/proc/{pid}/stat";
        if (OperatingSystem.IsLinux())
            return File.Exists(stat) ? File.ReadAllText(stat).Split(") ")[^1].Split(' ')[19] : null;
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Only Linux tells another process's directory. Elsewhere the files go and the process is left to its owner.
    private static bool WorksIn(Process process, string directory)
    {
        try
        {
            return OperatingSystem.IsLinux()
                && string.Equals(new FileInfo($"/proc/{process.Id}/cwd").LinkTarget, directory, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
