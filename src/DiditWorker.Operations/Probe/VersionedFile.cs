using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary>JSON files that tell the version of their format.</summary>
internal static class VersionedFile
{
    public static Task WriteAsync<T>(string path, T value, JsonTypeInfo<T> type) =>
        PrivateFile.ReplaceAsync(path, stream => JsonSerializer.SerializeAsync(stream, value, type));

    /// <exception cref="FormatException">What is wrong with it, as the end of a sentence that begins with its name.</exception>
    public static T Read<T>(string path, int version, JsonTypeInfo<T> type, string what)
        where T : class
    {
        var json = LenientJson.TryParse(File.ReadAllBytes(path)) ?? throw new FormatException($"is not {what}: it is no JSON");
        if (json.Number("version") is not { } found || found != version)
        {
            throw new FormatException(json.Number("version") is { } other
                ? $"is {what} in format version {other}; this program reads version {version}: write it again with diditworker probe"
                : $"is not {what}: it names no format version");
        }

        try
        {
            return json.Deserialize(type)!;
        }
        catch (JsonException exception)
        {
            throw new FormatException($"is not {what}: {Words.Of(exception)}", exception);
        }
    }
}

/// <summary>Source-generated serialization.</summary>
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(WindowMemory))]
internal sealed partial class ProbeJson : JsonSerializerContext
{
    /// <summary>Strict about what is missing, and with quotes and the like as people write them.</summary>
    public static ProbeJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
