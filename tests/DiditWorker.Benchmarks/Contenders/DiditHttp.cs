using System.Text.Json.Serialization;
using DiditWorker.Contracts;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>What a create is answered with, as far as an answer needs it.</summary>
internal sealed record CreatedSession(
    [property: JsonPropertyName("session_id")] string Id,
    [property: JsonPropertyName("session_number")] long? Number,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("workflow_id")] string WorkflowId);

/// <summary>The body of a create.</summary>
internal sealed record CreateRequest(
    [property: JsonPropertyName("workflow_id")] string WorkflowId,
    [property: JsonPropertyName("vendor_data")] string VendorData,
    [property: JsonPropertyName("metadata")] Dictionary<string, string> Metadata);

/// <summary>Source-generated serialization, which somebody who writes by hand for speed would use.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CreatedSession))]
[JsonSerializable(typeof(CreateRequest))]
[JsonSerializable(typeof(StartVerification))]
[JsonSerializable(typeof(VerificationSessionCreated))]
[JsonSerializable(typeof(AnswerEnvelope))]
internal sealed partial class ContenderJson : JsonSerializerContext;

/// <summary>The simulator over HTTP, as a contender calls it.</summary>
internal sealed class DiditHttp(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>One create; throws if it is refused.</summary>
    public async Task<CreatedSession> CreateAsync(string vendorData, Guid key)
    {
        var body = new CreateRequest(
            ContenderSettings.Workflow, vendorData, new(StringComparer.Ordinal) { ["diditworker_key"] = key.ToString() });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/session/")
        { Content = JsonContent.Create(body, ContenderJson.Default.CreateRequest) };
        request.Headers.Add("Idempotency-Key", key.ToString());
        request.Headers.Add("x-api-key", ContenderSettings.ApiKey);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync(ContenderJson.Default.CreatedSession))!;
    }

    /// <summary>The event that tells of a session.</summary>
    public static VerificationSessionCreated Answer(CreatedSession session, string requestId, Guid key, string vendorData) => new()
    {
        RequestId = requestId,
        IdempotencyKey = key,
        SessionId = session.Id,
        SessionNumber = session.Number,
        Url = session.Url,
        Status = session.Status,
        VendorData = vendorData,
        WorkflowId = session.WorkflowId,
        CreatedAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddDays(7),
    };

    public void Dispose() => _http.Dispose();
}
