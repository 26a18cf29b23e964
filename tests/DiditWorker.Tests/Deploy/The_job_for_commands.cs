using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Deploy;

[TestFixture(Rendered.Production, Rendered.ProductionCommand)]
[TestFixture(Rendered.Development, Rendered.DevelopmentCommand)]
public sealed class The_job_for_commands(string overlay, string directory)
{
    private Manifest _worker = null!;
    private Manifest _job = null!;

    [OneTimeSetUp]
    public async Task ReadAsync()
    {
        _worker = (await Rendered.ReadAsync(overlay)).Single(manifest => manifest is { Kind: "Deployment", Name: "diditworker" });
        _job = (await Rendered.ReadAsync(directory)).Single(manifest => manifest.Kind == "Job");
    }

    [Test]
    public void It_runs_once() => _job.Number("spec.backoffLimit").ShouldBe(0);

    [Test]
    public void It_has_image_settings_and_secrets_of_the_worker()
    {
        var (worker, command) = (_worker.Containers.Single(), _job.Containers.Single());

        foreach (var part in new[] { "image", "envFrom", "volumeMounts", "resources", "securityContext" })
        {
            command.At(part)!.ToJsonString().ShouldBe(worker.At(part)!.ToJsonString(), part);
        }

        foreach (var part in new[] { "securityContext", "serviceAccountName", "automountServiceAccountToken", "enableServiceLinks" })
        {
            _job.At("spec.template.spec." + part)!.ToJsonString().ShouldBe(_worker.At("spec.template.spec." + part)!.ToJsonString(), part);
        }

        // The same Secrets, but for those that name another user.
        Volumes(_job).Select(volume => volume.Replace("diditworker-operator-", "diditworker-", StringComparison.Ordinal))
            .ShouldBe(Volumes(_worker), ignoreOrder: true);
        _job.Text("metadata.namespace").ShouldBe(_worker.Text("metadata.namespace"));
    }

    [Test]
    public void It_is_none_of_the_workers_replicas()
    {
        var (selector, labels) =
            (_worker.At("spec.selector.matchLabels")!.AsObject(), _job.At("spec.template.metadata.labels")!.AsObject());

        selector.All(label => labels[label.Key]?.ToString() == label.Value!.ToString()).ShouldBeFalse();
        labels["app.kubernetes.io/name"]!.ToString().ShouldBe("diditworker", "the network policy goes by it");
    }

    private static IEnumerable<string> Volumes(Manifest manifest) =>
        manifest.At("spec.template.spec.volumes")!.AsArray().Select(volume => volume!.ToJsonString());
}
