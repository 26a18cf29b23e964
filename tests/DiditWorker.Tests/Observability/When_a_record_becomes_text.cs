using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Contracts;
using DiditWorker.Observability;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Observability;

/// <summary>
/// The text of a record is what a log line, an exception or a debugger shows of it, and .NET writes every member into it. Of each record of
/// the worker and of the contracts no member that may hold a secret or something personal stands in it.
/// </summary>
public sealed class When_a_record_becomes_text
{
    private const string Marker = "planted-secret";

    // Names of the worker's own words, of ids, and of what operators see anyway. Any other text may be a secret.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "Action", "Address", "Because", "Code", "Command", "CallbackMethod", "DecisionPath", "CreateSessionPath", "ListSessionsPath",
        "Description", "EncryptionKeyFile", "Expected", "FaultType", "Fingerprint", "Group", "Host", "Id", "IdempotencyKey", "Invalid",
        "Key", "KeyPrefix", "Meaning", "Name", "NextDeliveryWould", "Outcome", "Owner", "Part", "ProbeReportFile", "PropertyId", "Queue",
        "Reason", "Reference", "RequestId", "RequestIds", "Scope", "Selection", "SessionId", "SessionStatus", "Setting", "State", "Status",
        "User", "Value", "Verdict", "Version", "What", "Why", "Window", "WorkflowId", "Seen", "VirtualHost", "Meant", "Archive", "File",
        "Circuit", "Measured", "Follows", "StoppedBecause", "Assumes", "ForTheWorker", "Target", "Run", "VendorDataHash", "PauseReason",
        "Words", "LastError", "Pause", "Person", "Mark", "Error", "Evidence", "Confidence", "Question", "Title",
    };

    public static IEnumerable<Type> Records =>
        new[] { typeof(Delivery).Assembly, typeof(WorkerMetrics).Assembly, typeof(StartVerification).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.ContainsGenericParameters
            && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null);

    [TestCaseSource(nameof(Records))]
    public void Nothing_secret_or_personal_stands_in_it(Type type)
    {
        var record = Filled(type, depth: 0);

        record.ToString()!.ShouldNotContain(Marker);
    }

    // The test would pass if nothing were filled in.
    [Test]
    public void What_is_planted_would_be_seen()
    {
        Records.Count().ShouldBeGreaterThan(60);
        var planted = (StartVerification)Filled(typeof(StartVerification), depth: 0);
        (planted.VendorData, planted.ContactDetails!.Email, planted.ExpectedDetails!.ToJsonString())
            .ShouldBe((Marker, Marker, $$"""{"x":"{{Marker}}"}"""));
        Filled(typeof(Unguarded), depth: 0).ToString()!.ShouldContain(Marker);
    }

    private static object Filled(Type type, int depth)
    {
        var record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
        {
            var name = field.Name.TrimStart('<').Split('>')[0];
            if ((!Harmless.Contains(name) || Records.Contains(field.FieldType)) && ValueOf(field.FieldType, depth) is { } value)
            {
                field.SetValue(record, value);
            }
            else if (field.FieldType == typeof(string))
            {
                field.SetValue(record, "harmless");
            }
        }

        return record;
    }

    // Null: neither text nor anything that holds some.
    private static object? ValueOf(Type type, int depth) => type switch
    {
        _ when type == typeof(string) || type == typeof(object) => Marker,
        _ when type == typeof(JsonElement) || type == typeof(JsonElement?) => JsonElement.Parse($$"""{"x":"{{Marker}}"}"""),
        _ when type == typeof(JsonObject) || type == typeof(JsonNode) => new JsonObject { ["x"] = Marker },
        _ when type == typeof(Uri) => new Uri($"https://{Marker}/"),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(Marker)),
        _ when type.IsInterface => ListOf(type),
        _ when depth < 3 && Records.Contains(Nullable.GetUnderlyingType(type) ?? type) =>
            Filled(Nullable.GetUnderlyingType(type) ?? type, depth + 1),
        _ => null,
    };

    private static Array? ListOf(Type type) => type == typeof(IReadOnlyList<string>) ? new[] { Marker }
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? Array.CreateInstance(type.GenericTypeArguments[0], 0)
        : null;

    private sealed record Unguarded(string Password);
}
