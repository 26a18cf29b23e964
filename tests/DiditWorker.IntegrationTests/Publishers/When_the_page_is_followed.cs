using DiditWorker.IntegrationTests.Monitoring;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Tests.Shared;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Publishers;

/// <summary>The examples on the page of the contracts, as they stand there but for the broker's address.</summary>
public sealed class When_the_page_is_followed
{
    private const string OnThePage = "amqp://guest:guest@localhost:5672/";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly string Page = Path.Combine(Repository.Root, "src", "DiditWorker.Contracts", "README.md");

    [Test]
    public async Task Python_gets_the_answer()
    {
        // The one that the package of the distribution belongs to.
        const string python = "/usr/bin/python3";
        if (!File.Exists(python) || (await ProgramRun.ToEndAsync(python, ["-c", "import pika"])).ExitCode != 0)
        {
            Assert.Ignore("pika is not installed: apt-get install python3-pika");
        }

        await FollowAsync("python", "order-4713", async (code, folder) =>
            (await ProgramRun.ToEndAsync(python, ["-c", code], folder)).Required.ShouldContain("VerificationSessionCreated "));
    }

    [Test]
    public async Task Node_gets_the_answer()
    {
        Programs.Require("node", "nodejs");
        Programs.Require("npm");
        await FollowAsync("js", "order-4716", async (code, folder) =>
        {
            foreach (var file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "tests", "DiditWorker.IntegrationTests", "Publishers", "npm")))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            _ = (await ProgramRun.ToEndAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)).Required;
            await File.WriteAllTextAsync(Path.Combine(folder, "publish.mjs"), code);
            (await ProgramRun.ToEndAsync("node", ["publish.mjs"], folder)).Required
                .ShouldStartWith("VerificationSessionCreated order-4716 ");
        });
    }

    [Test]
    public async Task A_shell_gets_one_published()
    {
        Programs.Require("amqp-publish", "amqp-tools");
        await FollowAsync("sh", "order-4711", async (code, folder) =>
            _ = (await ProgramRun.ToEndAsync("sh", ["-ec", code], folder)).Required);
    }

    private static async Task FollowAsync(string language, string requestId, Func<string, string, Task> run)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var before = await arena.QueuesAsync();
        var folder = Directory.CreateTempSubdirectory("diditworker-publisher-");
        try
        {
            await run(Example(language, arena.ConnectionString), folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Broker.Created.Any(answer => answer.Text("requestId") == requestId)), Bound, "it is answered");
        await Eventually.UntilAsync(
            async () => (await arena.QueuesAsync()).SetEquals(before), Bound, "nothing of it is left on the broker");
    }

    // The last block of this language that publishes; a shell has no place for the address in it.
    private static string Example(string language, string connectionString)
    {
        var code = File.ReadAllText(Page).Split($"```{language}\n").Skip(1).Select(block => block.Split("\n```")[0])
            .Last(block => block.Contains("StartVerification", StringComparison.Ordinal));
        return language == "sh"
            ? code.Replace("amqp-publish ", $"amqp-publish --url='{connectionString}' ", StringComparison.Ordinal)
            : code.Replace(OnThePage + "%2F", connectionString, StringComparison.Ordinal)
                .Replace(OnThePage, connectionString, StringComparison.Ordinal);
    }
}
