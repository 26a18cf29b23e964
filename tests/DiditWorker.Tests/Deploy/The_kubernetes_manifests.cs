using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiditWorker.Tests.Hosting;
using DiditWorker.Tests.Shared;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Deploy;

/// <summary>Agree with the worker: with its settings, ports, limits, and what its pages promise.</summary>
[TestFixture(Rendered.Production)]
[TestFixture(Rendered.Development)]
[TestFixture(Rendered.Everything)]
public sealed partial class The_kubernetes_manifests(string directory)
{
    private static readonly string[] SecretSettings =
        ["password", "token", "secret", "apikey=", "connectionstrings__rabbitmq=", "connectionstrings__redis="];

    private IReadOnlyList<Manifest> _manifests = [];

    private Manifest Worker => Single("Deployment", "diditworker");

    private Manifest Container => Worker.Containers.Single();

    private JsonObject Settings =>
        _manifests.Single(
            manifest => manifest.Kind == "ConfigMap" && manifest.Name.StartsWith("diditworker-settings", StringComparison.Ordinal))
        .At("data")!.AsObject();

    [OneTimeSetUp]
    public async Task ReadAsync() => _manifests = await Rendered.ReadAsync(directory);

    [Test]
    public void The_pod_may_stop_for_longer_than_the_worker_takes()
    {
        var stop = Read().Didit.TotalTimeout + TimeSpan.FromSeconds(15);

        TimeSpan.FromSeconds(Worker.Number("spec.template.spec.terminationGracePeriodSeconds")).ShouldBeGreaterThan(stop);
    }

    [Test]
    public void Probes_and_metrics_ask_for_paths_that_there_are_at_the_port_of_the_image()
    {
        var source =
            string.Concat(
                Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "DiditWorker"), "*.cs", SearchOption.AllDirectories)
                    .Select(File.ReadAllText));
        var paths = new[] { "livenessProbe", "readinessProbe", "startupProbe" }.Select(probe => Container.Text(probe + ".httpGet.path")!)
            .ToList();

        paths.ShouldBe(["/health/live", "/health/ready", "/health/live"]);
        paths.Append("/metrics").ShouldAllBe(path => source.Contains($"\"{path}\"", StringComparison.Ordinal));
        Container.At("ports")!.AsArray().Single()!.ToJsonString().ShouldBe($$"""{"containerPort":{{ExposedPort()}},"name":"http"}""");
        Single("Service", "diditworker").At("spec.ports")!.AsArray().Single()!["targetPort"]!.ToString().ShouldBe("http");
        if (Worker.At("spec.template.metadata.annotations") is { } annotations)
        {
            annotations["prometheus.io/port"]!.ToString().ShouldBe(ExposedPort());
        }
    }

    [Test]
    public void It_runs_as_the_user_of_the_image_and_with_no_right()
    {
        foreach (var pod in _manifests.Where(manifest => manifest.At("spec.template.spec") is not null))
        {
            pod.At("spec.template.spec.securityContext.runAsNonRoot")!.GetValue<bool>().ShouldBeTrue($"{pod}");
            pod.Text("spec.template.spec.securityContext.seccompProfile.type").ShouldBe("RuntimeDefault");
            pod.At("spec.template.spec.automountServiceAccountToken")!.GetValue<bool>().ShouldBeFalse($"{pod}");
            foreach (var container in pod.Containers)
            {
                container.At("securityContext.allowPrivilegeEscalation")!.GetValue<bool>().ShouldBeFalse($"{pod}");
                container.At("securityContext.capabilities.drop")!.ToJsonString().ShouldBe("""["ALL"]""");
            }
        }

        Worker.Text("spec.template.spec.securityContext.runAsUser").ShouldBe(ImageUser());
        Container.At("securityContext.readOnlyRootFilesystem")!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public void Secrets_are_mounted_as_whole_directories_and_every_file_lies_in_one()
    {
        var mounts = Container.At("volumeMounts")!.AsArray();
        var files = Settings.Where(setting => setting.Key.EndsWith("File", StringComparison.Ordinal))
            .Select(setting => setting.Value!.ToString()).ToList();

        mounts.ShouldAllBe(mount => mount!["subPath"] == null);
        files.ShouldNotBeEmpty();
        files.ShouldAllBe(file => mounts.Any(mount => Path.GetDirectoryName(file) == mount!["mountPath"]!.ToString()));
        Container.At("env").ShouldBeNull();
    }

    [Test]
    public void No_secret_is_in_it_but_in_development()
    {
        if (directory == Rendered.Development)
        {
            _manifests.ShouldContain(manifest => manifest.Kind == "Secret");
            return;
        }

        _manifests.ShouldNotContain(manifest => manifest.Kind == "Secret");
        Settings.Select(setting => $"{setting.Key}={setting.Value}".ToLowerInvariant())
            .Where(setting => !setting.Split('=')[0].EndsWith("file", StringComparison.Ordinal))
            .ShouldAllBe(setting => !SecretSettings.Any(word => setting.Contains(word, StringComparison.Ordinal)));
    }

    [Test]
    public void No_image_is_whatever_is_latest() =>
        _manifests.SelectMany(manifest => manifest.Containers).Select(container => container.Text("image")!)
        .ShouldAllBe(
            image => image.Split('/', StringSplitOptions.None).Last().Contains(':')
                && !image.EndsWith(":latest", StringComparison.Ordinal));

    [Test]
    public void What_production_must_set_is_no_real_value()
    {
        if (directory == Rendered.Development)
        {
            Read().Didit.WorkflowId.ShouldNotBeNull();
            return;
        }

        Container.Text("image").ShouldBe("registry.invalid/diditworker/worker:SET-ME");
        Should.Throw<InvalidConfigurationException>(() => Read(production: false)).Message.ShouldContain("Didit:WorkflowId = \"SET-ME\"");
    }

    [Test]
    public void It_scales_on_the_input_queue_up_to_what_Didits_limit_can_keep_busy()
    {
        if (_manifests.SingleOrDefault(manifest => manifest.Kind == "ScaledObject") is not { } scaled)
        {
            directory.ShouldBe(Rendered.Development);
            return;
        }

        var settings = Read();
        var creates = 0.985 * settings.Didit.RequestsPerMinute / 60;
        var busy = Math.Ceiling(
            2 * creates * settings.Didit.AttemptTimeout.TotalSeconds / settings.StartVerification.ConcurrentMessageLimit);
        var queues = scaled.At("spec.triggers")!.AsArray().Select(trigger => trigger!["metadata"]!["queueName"]!.ToString()).ToList();

        scaled.Number("spec.maxReplicaCount").ShouldBe((int)Math.Max(2, busy) + 1);
        scaled.Number("spec.minReplicaCount").ShouldBe(2);
        scaled.Text("spec.scaleTargetRef.name").ShouldBe(Worker.Name);
        queues.ShouldBe([settings.StartVerification.Queue]);
        queues.ShouldAllBe(
            queue => !queue.EndsWith("_error", StringComparison.Ordinal) && !queue.EndsWith("_skipped", StringComparison.Ordinal));
        Worker.At("spec.replicas").ShouldBeNull("KEDA sets it");
    }

    [Test]
    public void Its_memory_is_above_what_was_measured()
    {
        var capacity = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "CAPACITY.md"));
        var measured = int.Parse(MeasuredMemory().Match(capacity).Groups["most"].Value, CultureInfo.InvariantCulture);

        Mebibytes("requests").ShouldBeGreaterThanOrEqualTo((int)(measured * 1.2));
        Mebibytes("limits").ShouldBeGreaterThanOrEqualTo(measured + (int)((128 + (64 * 4)) * 0.25));
    }

    [Test]
    public void Its_network_policy_lets_in_the_port_and_out_what_it_needs()
    {
        var policy = Single("NetworkPolicy", "diditworker");
        var outgoing = policy.At("spec.egress")!.AsArray().SelectMany(rule => rule!["ports"]!.AsArray()).Select(port => (int)port!["port"]!)
            .Distinct();

        policy.At("spec.policyTypes")!.ToJsonString().ShouldBe("""["Ingress","Egress"]""");
        policy.At("spec.ingress")!.AsArray().Single()!["ports"]!.AsArray().Single()!["port"]!.ToString().ShouldBe("http");
        outgoing.ShouldBe(directory == Rendered.Development ? [53, 5672, 6379, 26379, 8090] : [53, 5671, 6379, 26379, 443]);
    }

    // As the pod would read them; files that only the cluster has are left out, or stood in for.
    private Configured Read(bool production = true)
    {
        var settings = Settings.Where(setting => !setting.Key.EndsWith("File", StringComparison.Ordinal))
            .ToDictionary(
                setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), string? (setting) => setting.Value!.ToString());
        settings["Didit:ApiKey"] = "k";
        settings["Idempotency:EncryptionKeyFile"] = DeployFiles.AnyKey;
        if (production && settings.GetValueOrDefault("Didit:WorkflowId") == "SET-ME")
        {
            settings.Remove("Didit:WorkflowId");
        }

        return Configured.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    private Manifest Single(string kind, string name) => _manifests.Single(manifest => manifest.Kind == kind && manifest.Name == name);

    private int Mebibytes(string what) =>
        int.Parse(Container.Text($"resources.{what}.memory")!.Replace("Mi", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static string Dockerfile => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "docker", "Dockerfile"));

    private static string ImageUser() => UserPattern().Match(Dockerfile).Groups["user"].Value;

    private static string ExposedPort() => PortPattern().Match(Dockerfile).Groups["port"].Value;

    [GeneratedRegex(@"queue of 10,000 and of 1,000,000 \| \d+ and (?<most>\d+) MiB", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MeasuredMemory();

    [GeneratedRegex(@"^USER (?<user>\d+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^EXPOSE (?<port>8080)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PortPattern();
}
