using System.Globalization;
using System.Text.Json;

namespace DiditWorker.Operations.Archive;

/// <summary>The numbers among the header values: a member named after the type.</summary>
internal static class ArchiveNumber
{
    /// <exception cref="ArchiveException">AMQP knows no such type.</exception>
    public static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case sbyte number:
                json.WriteNumber("sbyte", number);
                break;
            case byte number:
                json.WriteNumber("byte", number);
                break;
            case short number:
                json.WriteNumber("short", number);
                break;
            case ushort number:
                json.WriteNumber("ushort", number);
                break;
            case int number:
                json.WriteNumber("int", number);
                break;
            case uint number:
                json.WriteNumber("uint", number);
                break;
            case long number:
                json.WriteString("long", number.ToString(CultureInfo.InvariantCulture));
                break;
            case float number:
                json.WriteString("float", number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteString("double", number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case decimal number:
                json.WriteString("decimal", ArchiveDecimal.Write(number));
                break;
            default:
                throw new ArchiveException($"a header has the type {value.GetType().Name}, which AMQP does not have");
        }
    }

    /// <exception cref="ArchiveException">There is no such type.</exception>
    public static object Read(string type, JsonElement json) => type switch
    {
        "sbyte" => json.GetSByte(),
        "byte" => json.GetByte(),
        "short" => json.GetInt16(),
        "ushort" => json.GetUInt16(),
        "int" => json.GetInt32(),
        "uint" => json.GetUInt32(),
        "long" => Long(json),
        "float" => float.Parse(json.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture),
        "double" => double.Parse(json.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture),
        "decimal" => ArchiveDecimal.Read(json.GetString()!),
        _ => throw new ArchiveException($"a header has the type \"{type}\", which this version does not know"),
    };

    /// <summary>A number of 64 bits, as a text.</summary>
    public static long Long(JsonElement json) => long.Parse(json.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
