using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DiditWorker.Simulator.Control;

/// <summary>
/// Reads a flat record from JSON or configuration, member by member, so that every wrong member is named with what it may be.
/// </summary>
internal static class StrictJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The record in the body, over that in <paramref name="start"/> if one is given.</summary>
    public static T Read<T>(JsonObject body, T? start = null)
        where T : class
    {
        var errors = new FieldErrors();
        var members = typeof(T).GetProperties().ToDictionary(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name), StringComparer.Ordinal);
        foreach (var (name, value) in body)
        {
            if (members.TryGetValue(name, out var member))
            {
                errors.When(!Fits(value, member), name, "must be " + Allowed(member.PropertyType));
            }
            else
            {
                errors.When(wrong: true, name, "is unknown; allowed are " + string.Join(", ", members.Keys));
            }
        }

        foreach (var (name, member) in members.Where(m => start is null && m.Value.IsDefined(typeof(RequiredMemberAttribute))))
        {
            errors.When(!body.ContainsKey(name), name, "is required: " + Allowed(member.PropertyType));
        }

        errors.ThrowIfAny();
        return Over(body, start).Deserialize<T>(Options)!;
    }

    /// <summary>The members of a configuration section, whose values are all text, as JSON; names in any case.</summary>
    public static JsonObject FromConfiguration<T>(IConfiguration section)
    {
        var body = new JsonObject();
        foreach (var child in section.GetChildren())
        {
            var member = typeof(T).GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            body[JsonNamingPolicy.CamelCase.ConvertName(member?.Name ?? child.Key)] = Value(child.Value, member?.PropertyType);
        }

        return body;
    }

    /// <summary>What a member of this type may be, in words.</summary>
    public static string Allowed(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetValuesAsUnderlyingType(type).Cast<object>()
                .Select(v => JsonSerializer.SerializeToNode(Enum.ToObject(type, v), type, Options)!.GetValue<string>())),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(string) => "a string",
            _ when type == typeof(TimeSpan) => "a duration, [d.]hh:mm:ss[.fffffff]",
            _ when type == typeof(DateTimeOffset) => "an ISO 8601 time with an offset",
            _ => "an object",
        };
    }

    private static bool Fits(JsonNode? value, PropertyInfo member)
    {
        try
        {
            var required = member.IsDefined(typeof(RequiredMemberAttribute));
            return value.Deserialize(member.PropertyType, Options) is not null || !required;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonObject Over<T>(JsonObject body, T? start)
        where T : class
    {
        var whole = start is null ? [] : JsonSerializer.SerializeToNode(start, Options)!.AsObject();
        foreach (var (name, value) in body)
        {
            whole[name] = value?.DeepClone();
        }

        return whole;
    }

    private static JsonNode? Value(string? text, Type? type)
    {
        if (text is null || type is null || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan))
        {
            return text;
        }

        try
        {
            return JsonNode.Parse(bool.TryParse(text, out var flag) ? flag ? "true" : "false" : text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
