using System.Buffers;
using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>
/// The body of a create: what the message asks for, the worker's defaults where it is silent, and the key in <c>metadata</c>.
/// </summary>
public static class CreateBody
{
    /// <summary>The member of <c>metadata</c> that carries the key, by which a look-up knows its own session.</summary>
    public const string KeyMember = "diditworker_key";

    /// <summary>Writes the body as UTF-8 JSON.</summary>
    public static byte[] Write(JsonElement payload, string workflowId, string? defaultCallback, IdempotencyKey key)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("workflow_id", workflowId);
            foreach (var member in payload.EnumerateObject().Where(m => m.Name is not ("workflow_id" or "metadata")))
            {
                member.WriteTo(writer);
            }

            if (defaultCallback is not null && !payload.TryGetProperty("callback", out _))
            {
                writer.WriteString("callback", defaultCallback);
            }

            WriteMetadata(writer, payload, key);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, JsonElement payload, IdempotencyKey key)
    {
        writer.WriteStartObject("metadata");
        if (payload.TryGetProperty("metadata", out var metadata))
        {
            foreach (var member in metadata.EnumerateObject())
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteString(KeyMember, key.ToString());
        writer.WriteEndObject();
    }
}
