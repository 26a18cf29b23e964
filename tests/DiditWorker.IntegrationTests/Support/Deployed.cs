using System.Security.Cryptography;
using DiditWorker.Tests.Shared;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>The users of <c>deploy/rabbitmq</c> and <c>deploy/redis</c>, with passwords that hold for this run.</summary>
/// <param name="Definitions">What <c>deploy/rabbitmq/definitions</c> prints.</param>
/// <param name="AclFile">What <c>deploy/redis/users</c> prints.</param>
/// <param name="Passwords">By the names of the password files.</param>
internal sealed record Deployed(string Definitions, string AclFile, IReadOnlyDictionary<string, string> Passwords)
{
    /// <summary>The virtual host of the definitions.</summary>
    public const string VirtualHost = "didit";

    private static readonly string[] Names = ["worker", "publisher", "operator", "monitor", "admin", "replica", "sentinel"];

    public static async Task<Deployed> MakeAsync()
    {
        var passwords =
            Names.ToDictionary(name => name, _ => Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), StringComparer.Ordinal);
        using var folder = new TemporaryFolder();
        foreach (var (name, password) in passwords)
        {
            await System.IO.File.WriteAllTextAsync(folder.File(name), password + "\n");
        }

        return new(await RunAsync("rabbitmq/definitions", folder.FullName), await RunAsync("redis/users", folder.FullName), passwords);
    }

    /// <summary>The text of a file of <c>deploy/</c>.</summary>
    public static string Text(string path) => System.IO.File.ReadAllText(Path.Combine(Repository.Root, "deploy", path));

    /// <summary>What the broker, and Redis, call a user.</summary>
    public static string UserOf(string name) => name switch
    {
        "worker" => "diditworker",
        "publisher" or "operator" or "monitor" => "diditworker-" + name,
        _ => name,
    };

    private static async Task<string> RunAsync(string script, string directory) =>
        (await ProgramRun.ToEndAsync(Path.Combine(Repository.Root, "deploy", script), [directory])).Required;
}
