using System.Text.Json.Serialization;

namespace DiditWorker.Protocol;

/// <summary>Source-generated serialization of a stored refusal: a JSON string.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class RefusalJson : JsonSerializerContext;
