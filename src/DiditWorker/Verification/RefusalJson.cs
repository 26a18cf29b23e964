using System.Text.Json.Serialization;

namespace DiditWorker.Verification;

/// <summary>Source-generated serialization of a stored refusal: a JSON string.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class RefusalJson : JsonSerializerContext;
