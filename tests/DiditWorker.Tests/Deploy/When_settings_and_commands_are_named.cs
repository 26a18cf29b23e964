using System.Text.RegularExpressions;
using DiditWorker.Hosting;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Deploy;

/// <summary>Outside of the worker, in manifests, Compose, images, workflows and their pages: they must be those that it has.</summary>
public sealed partial class When_settings_and_commands_are_named
{
    [TestCase("Didit__ApiKeyFile", true)]
    [TestCase("Didit:TotalTimeout", true)]
    [TestCase("Status__TokenFile", true)]
    [TestCase("Simulator__ApiKey", true)]
    [TestCase("Didit__ApiKeyFiles", false)]
    [TestCase("Didit:RequestPerMinute", false)]
    [TestCase("Simulator__Key", false)]
    [TestCase("DIDIT_API_KEY", false)]
    public void The_settings_are_those_that_are_read(string name, bool known) => WorkerNames.Know(name).ShouldBe(known);

    [Test]
    public void Every_setting_exists()
    {
        var named = DeployFiles.All()
            .SelectMany(file => SettingPattern().Matches(file.Text).Select(match => (file.Path, Name: match.Value))).ToList();

        named.Count.ShouldBeGreaterThan(20);
        named.Where(setting => !WorkerNames.Know(setting.Name)).Select(setting => $"{setting.Path}: {setting.Name}").ShouldBeEmpty();
    }

    [Test]
    public void Every_variable_of_our_images_in_Compose_is_a_setting()
    {
        var services = Manifest.Read(File.ReadAllText(DeployFiles.Compose)).Single().At("services")!.AsObject()
            .Select(service => service.Value!)
                .Where(service => service["image"]?.ToString().Contains("diditworker/", StringComparison.Ordinal) == true).ToList();
        var variables = services.SelectMany(service => service["environment"]!.AsObject()).Select(variable => variable.Key).ToList();

        services.Count.ShouldBeGreaterThan(1);
        variables.ShouldContain("Didit__BaseAddress");
        variables.ShouldAllBe(variable => WorkerNames.Know(variable));
    }

    [TestCaseSource(typeof(Rendered), nameof(Rendered.Directories))]
    public async Task Every_variable_of_our_images_in_the_cluster_is_a_setting(string directory)
    {
        var manifests = await Rendered.ReadAsync(directory);
        var variables = manifests.SelectMany(manifest => manifest.Containers)
            .Where(container => container.Text("image")!.Contains("diditworker/", StringComparison.Ordinal))
            .SelectMany(container => container.At("env")?.AsArray() ?? []).Select(variable => variable!["name"]!.ToString())
            .Concat(manifests.Where(
                manifest => manifest.Kind == "ConfigMap" && manifest.Name.StartsWith("diditworker-settings", StringComparison.Ordinal))
                .SelectMany(settings => settings.At("data")!.AsObject().Select(setting => setting.Key)));

        variables.ShouldAllBe(variable => WorkerNames.Know(variable));
    }

    [Test]
    public async Task Every_command_is_understood()
    {
        var named = DeployFiles.All().SelectMany(file => Commands(file.Text).Select(command => (file.Path, Command: command))).ToList();

        named.Count.ShouldBeGreaterThan(5);
        foreach (var (path, command) in named)
        {
            (await CodeAsync(command)).ShouldBe(ExitCodes.WrongConfiguration, $"{path}: {string.Join(' ', command)}");
        }
    }

    [Test]
    public async Task A_command_that_there_is_not_is_found()
    {
        (await CodeAsync(Commands("diditworker dead-letters plan --lok-up").Single())).ShouldBe(ExitCodes.WrongUsage);
        (await CodeAsync(Commands("value: [dead-letters, plans]").Single())).ShouldBe(ExitCodes.WrongUsage);
        (await CodeAsync(Commands("""command: ["send", "--vendor-date", "user-1"]""").Single())).ShouldBe(ExitCodes.WrongUsage);
    }

    [TestCase(Rendered.ProductionCommand)]
    [TestCase(Rendered.DevelopmentCommand)]
    [TestCase(Rendered.Everything)]
    public async Task The_command_of_the_Job_is_understood(string directory)
    {
        var job = (await Rendered.ReadAsync(directory)).Single(manifest => manifest.Kind == "Job");

        (await CodeAsync([.. job.Containers.Single().At("args")!.AsArray().Select(word => word!.ToString())]))
            .ShouldBe(ExitCodes.WrongConfiguration);
    }

    // The command line is read before the configuration, and nothing runs with a wrong one. Help is what it is without one.
    private static async Task<int> CodeAsync(string[] command)
    {
        using var text = new StringWriter();
        using var notes = new StringWriter();
        return await CommandLine.RunAsync([.. command.Except(["--help"]), "--Didit:WorkflowId=none"], text, notes);
    }

    private static IEnumerable<string[]> Commands(string text) => CommandPattern().Matches(text)
        .Select(match =>
            match.Groups["words"].Value.Split(match.Groups["list"].Success ? ", " : " ", StringSplitOptions.RemoveEmptyEntries))
        .Select(words => words.Select(word => word.Trim('"', '\'')).ToArray())
        .Where(words => words is not [_, "--help"]);

    // A__B and A__B__C wherever they stand, and A:B of the worker's own sections.
    [GeneratedRegex(
        @"\b[A-Za-z]+(__[A-Za-z]+)+\b"
        + @"|\b(Didit|Idempotency|StartVerification|Status|ConnectionStrings|RabbitMq|Redis|Simulator):[A-Z][A-Za-z]+\b",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SettingPattern();

    // "diditworker keys show ID", "image:tag keys show ID" and [keys, show, ID].
    [GeneratedRegex(
        @"diditworker(/worker:[^ \n]+)? (?<words>(send|keys|dead-letters|probe) [^`\n|#]*)"
        + @"|(?<list>\[)(?<words>""?(send|keys|dead-letters|probe)""?, [^\]\n]*)\]",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommandPattern();
}
