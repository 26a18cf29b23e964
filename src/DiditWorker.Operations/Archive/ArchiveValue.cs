using System.Globalization;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Archive;

/// <summary>
/// A header value with its AMQP type. Text, true, false and null are themselves in JSON; anything else is an object with one member, named
/// after its type: <c>{"int":5}</c>. The types are those that RabbitMQ.Client 7 reads and writes (its WireFormatting).
/// </summary>
/// <remarks>
/// 64-bit and broken numbers are texts, so that no tool such as jq rounds them. An empty table or array comes out of the client library as
/// null, and no archive can tell them apart.
/// </remarks>
internal static class ArchiveValue
{
    // Far beyond any use; it keeps both directions within the depth that JSON is read with.
    private const int Deepest = 100;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes.</summary>
    /// <exception cref="ArchiveException">AMQP knows no such type, or tables are nested too deeply.</exception>
    public static void Write(Utf8JsonWriter json, object? value, int depth = 0)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case byte[] bytes when Text(bytes) is { } text:
                json.WriteStringValue(text);
                break;
            default:
                json.WriteStartObject();
                WriteTyped(json, value, depth);
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>Reads.</summary>
    /// <exception cref="ArchiveException">It is no such value.</exception>
    public static object? Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            case JsonValueKind.String:
                return Encoding.UTF8.GetBytes(json.GetString()!);
            case JsonValueKind.Object when json.EnumerateObject().Count() == 1:
                var member = json.EnumerateObject().First();
                return ReadTyped(member.Name, member.Value);
            default:
                throw new ArchiveException($"a header value is {json.ValueKind}: expected a text, true, false, null or an object that names its type, such as {{\"int\":5}}");
        }
    }

    /// <summary>Writes the members of a table.</summary>
    public static void WriteTable(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> table, int depth = 0)
    {
        if (depth > Deepest)
        {
            throw new ArchiveException($"its headers are nested deeper than {Deepest} levels");
        }

        json.WriteStartObject();
        foreach (var (name, value) in table)
        {
            json.WritePropertyName(name);
            Write(json, value, depth + 1);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads the members of a table.</summary>
    public static Dictionary<string, object?> ReadTable(JsonElement json) => json.EnumerateObject().ToDictionary(
        member => ArchiveProperties.Short(member.Name, "the name of a header"), member => Read(member.Value), StringComparer.Ordinal);

    private static void WriteTyped(Utf8JsonWriter json, object value, int depth)
    {
        switch (value)
        {
            case byte[] bytes:
                json.WriteBase64String("bytes", bytes);
                break;
            case BinaryTableValue binary:
                json.WriteBase64String("binary", binary.Bytes);
                break;
            case IDictionary<string, object?> table:
                json.WritePropertyName("table");
                WriteTable(json, table, depth);
                break;
            case IList<object?> array:
                WriteArray(json, array, depth);
                break;
            case AmqpTimestamp time:
                json.WriteString("timestamp", time.UnixTime.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                ArchiveNumber.Write(json, value);
                break;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, IList<object?> array, int depth)
    {
        if (depth > Deepest)
        {
            throw new ArchiveException($"its headers are nested deeper than {Deepest} levels");
        }

        json.WriteStartArray("array");
        foreach (var item in array)
        {
            Write(json, item, depth + 1);
        }

        json.WriteEndArray();
    }

    private static object? ReadTyped(string type, JsonElement json) => type switch
    {
        "bytes" => json.GetBytesFromBase64(),
        "binary" => new BinaryTableValue(json.GetBytesFromBase64()),
        "table" => ReadTable(json),
        "array" => json.EnumerateArray().Select(Read).ToList(),
        "timestamp" => new AmqpTimestamp(ArchiveNumber.Long(json)),
        _ => ArchiveNumber.Read(type, json),
    };

    private static string? Text(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
