using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Deploy;

/// <summary>Against Kubernetes' own types, and those of what is added to it; no cluster is needed.</summary>
public sealed class When_manifests_are_checked
{
    private const string Deployment =
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"replicas":1,"selector":{},"template":{"spec":{"containers":[{"name":"a","image":"b"}]}}}}""";

    private const string ScaledObject =
        """{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","metadata":{"name":"a"},"spec":{"maxReplicaCount":3,"scaleTargetRef":{"name":"a"},"triggers":[{"type":"rabbitmq","metadata":{"value":"1"}}]}}""";

    private const string PodMonitor =
        """{"apiVersion":"monitoring.coreos.com/v1","kind":"PodMonitor","metadata":{"name":"a"},"spec":{"selector":{},"podMetricsEndpoints":[{"port":"http"}]}}""";

    private const string RabbitMqCluster =
        """{"apiVersion":"rabbitmq.com/v1beta1","kind":"RabbitmqCluster","metadata":{"name":"a"},"spec":{"replicas":3,"tls":{"secretName":"a"}}}""";

    private static IEnumerable<string> FilesOfBase =>
        Directory.EnumerateFiles(DeployFiles.Base, "*.yaml").Where(path => !path.EndsWith("kustomization.yaml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    [Test]
    public void What_base_holds_is_known_to_Kubernetes_without_any_program() =>
        FilesOfBase.SelectMany(path => Manifest.Read(File.ReadAllText(path))).Select(manifest => manifest.Fault()).OfType<string>()
            .ShouldBeEmpty();

    [TestCaseSource(typeof(Rendered), nameof(Rendered.Directories))]
    public async Task What_is_rendered_is_known_to_Kubernetes(string directory)
    {
        var manifests = await Rendered.ReadAsync(directory);

        manifests.ShouldNotBeEmpty();
        manifests.Where(manifest => manifest.IsBuiltIn).Select(manifest => manifest.Fault()).OfType<string>().ShouldBeEmpty();
    }

    [Test]
    public async Task What_is_rendered_has_every_required_field_and_no_unknown_one_custom_resources_included()
    {
        var manifests = new List<Manifest>();
        foreach (var directory in Rendered.Directories)
        {
            manifests.AddRange(await Rendered.ReadAsync(directory));
        }

        var faults = await NpmChecks.ManifestsAsync(manifests.Select(manifest => manifest.Content));

        faults.Count.ShouldBe(manifests.Count);
        manifests.Zip(faults, (manifest, found) => (manifest, found))
            .SelectMany(pair => pair.found.Select(fault => $"{pair.manifest}: {fault}")).ShouldBeEmpty();
        var custom = manifests.Where(manifest => !manifest.IsBuiltIn).Select(manifest => manifest.Kind).Distinct();
        custom.ShouldBe(["ScaledObject", "TriggerAuthentication", "PodMonitor", "RabbitmqCluster"], ignoreOrder: true);
    }

    [TestCase(Deployment, null, null)]
    [TestCase(Deployment, "\"replicas\":1", "\"replcas\":1")]
    [TestCase(Deployment, "\"replicas\":1", "\"replicas\":\"one\"")]
    [TestCase(Deployment, "\"image\":\"b\"", "\"image\":\"b\",\"resources\":{\"limits\":{\"memory\":\"1Gq\"}}")]
    public void The_types_find_a_wrong_name_and_a_wrong_type(string good, string? replaced, string? by)
    {
        var fault = new Manifest(JsonNode.Parse(replaced is null ? good : good.Replace(replaced, by, StringComparison.Ordinal))!).Fault();

        (fault is null).ShouldBe(replaced is null, fault);
    }

    [Test]
    public async Task The_schemas_find_a_wrong_name_a_wrong_type_and_what_is_missing()
    {
        string[] good = [Deployment, ScaledObject, PodMonitor, RabbitMqCluster];
        string[] bad =
        [
            Deployment.Replace("\"replicas\"", "\"replcas\"", StringComparison.Ordinal),
            Deployment.Replace("\"replicas\":1", "\"replicas\":\"one\"", StringComparison.Ordinal),
            Deployment.Replace("\"selector\":{},", "", StringComparison.Ordinal),
            Deployment.Replace("\"Deployment\"", "\"Deploiment\"", StringComparison.Ordinal),
            ScaledObject.Replace("maxReplicaCount", "maxReplicasCount", StringComparison.Ordinal),
            ScaledObject.Replace("\"maxReplicaCount\":3", "\"maxReplicaCount\":\"3\"", StringComparison.Ordinal),
            ScaledObject.Replace("{\"value\":\"1\"}", "{\"value\":1}", StringComparison.Ordinal),
            ScaledObject.Replace("\"scaleTargetRef\":{\"name\":\"a\"},", "", StringComparison.Ordinal),
            PodMonitor.Replace("\"port\":\"http\"", "\"prt\":\"http\"", StringComparison.Ordinal),
            PodMonitor.Replace("\"selector\":{},", "", StringComparison.Ordinal),
            RabbitMqCluster.Replace("\"replicas\"", "\"nodes\"", StringComparison.Ordinal),
            RabbitMqCluster.Replace("\"replicas\":3", "\"replicas\":\"3\"", StringComparison.Ordinal),
        ];

        var faults = await NpmChecks.ManifestsAsync(good.Concat(bad).Select(text => JsonNode.Parse(text)!));

        faults.Take(good.Length).SelectMany(fault => fault).ShouldBeEmpty();
        faults.Skip(good.Length).ShouldAllBe(fault => fault.Length > 0);
    }
}
