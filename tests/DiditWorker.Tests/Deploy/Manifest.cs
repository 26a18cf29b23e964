using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DiditWorker.Tests.Deploy;

/// <summary>One Kubernetes object.</summary>
/// <param name="Content">What it says.</param>
internal sealed record Manifest(JsonNode Content)
{
    /// <summary>Groups whose objects Kubernetes itself knows, as far as they are used here.</summary>
    private static readonly string[] BuiltIn = ["", "apps", "batch", "policy", "networking.k8s.io"];

    public string Kind => Text("kind") ?? "";

    public string Name => Text("metadata.name") ?? "";

    /// <summary>Not a custom resource.</summary>
    public bool IsBuiltIn =>
        Text("apiVersion") is { } version && BuiltIn.Contains(version.Contains('/', StringComparison.Ordinal) ? version.Split('/')[0] : "");

    /// <summary>Containers, those that only initialise included.</summary>
    public IEnumerable<Manifest> Containers => new[] { "containers", "initContainers" }
        .SelectMany(name => At("spec.template.spec")?[name]?.AsArray() ?? []).Select(container => new Manifest(container!));

    public override string ToString() => $"{Kind} {Name}";

    /// <summary>A part by its path, such as <c>spec.template.spec</c>; null if there is none.</summary>
    public JsonNode? At(string path) => path.Split('.').Aggregate<string, JsonNode?>(Content, (node, name) => (node as JsonObject)?[name]);

    public string? Text(string path) => (At(path) as JsonValue)?.ToString();

    public int Number(string path) => At(path)!.GetValue<int>();

    /// <summary>Every object of a YAML text.</summary>
    public static IReadOnlyList<Manifest> Read(string yaml)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(yaml);
        stream.Load(reader);
        return [.. stream.Documents.Select(document => new Manifest(ToJson(document.RootNode)!))
            .Where(manifest => manifest.Content is JsonObject)];
    }

    /// <summary>Loads it into Kubernetes' own types. Knows unknown names and wrong types, but not what is missing.</summary>
    /// <returns>The fault, or null.</returns>
    public string? Fault()
    {
        try
        {
            // JSON is YAML.
            return KubernetesYaml.LoadAllFromString(Content.ToJsonString(), strict: true).Count == 1 ? null : "is not one object";
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or KeyNotFoundException)
        {
            return $"{this}: {exception.Message} {exception.InnerException?.Message}";
        }
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => ToObject(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new NotSupportedException(node.NodeType.ToString()),
    };

    // "<<" takes in another mapping, as Compose files do; what stands beside it wins.
    private static JsonObject ToObject(YamlMappingNode mapping)
    {
        var whole = new JsonObject();
        foreach (var (key, value) in mapping.Children.OrderBy(child => ((YamlScalarNode)child.Key).Value != "<<"))
        {
            var content = ToJson(value);
            if (((YamlScalarNode)key).Value is { } name and not "<<")
            {
                whole[name] = content;
                continue;
            }

            foreach (var (inner, part) in content!.AsObject())
            {
                whole[inner] = part?.DeepClone();
            }
        }

        return whole;
    }

    // Kustomize writes JSON's types only.
    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && (text[0] != '0' || text == "0") => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
