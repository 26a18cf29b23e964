using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;

namespace DiditWorker.Messaging;

/// <summary>
/// <see cref="Contracts.StartVerification"/> as it arrives: any JSON value, so that a field of the wrong type gets our error with every
/// fault named, and not the serializer's for the first.
/// </summary>
/// <param name="Body">The message without its envelope.</param>
[MessageUrn("DiditWorker.Contracts:StartVerification")]
[JsonConverter(typeof(AnyJson))]
public sealed record ReceivedStartVerification(JsonElement Body)
{
    /// <summary>Takes the value as it is.</summary>
    public sealed class AnyJson : JsonConverter<ReceivedStartVerification>
    {
        /// <inheritdoc />
        public override ReceivedStartVerification Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonElement.ParseValue(ref reader));

        /// <inheritdoc />
        public override void Write(Utf8JsonWriter writer, ReceivedStartVerification value, JsonSerializerOptions options) =>
            value.Body.WriteTo(writer);
    }

    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => nameof(ReceivedStartVerification);
}
