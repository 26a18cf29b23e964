using System.Text.Json;
using DiditWorker.Verification;
using Shouldly;

namespace DiditWorker.Tests.Verification;

/// <summary>Messages as JSON text, so that a test shows what is on the wire.</summary>
public static class Reading
{
    public const string Default = "99999999-8888-7777-6666-555555555555";

    public static VerificationRequest Read(string json, string? defaultWorkflowId = Default) =>
        StartVerificationReader.Read(JsonElement.Parse(json), defaultWorkflowId);

    /// <summary>Reads a valid message with these further members.</summary>
    public static VerificationRequest ReadWith(string members) => Read(With(members));

    /// <summary>The faults of a message that is valid but for these further members.</summary>
    public static string FaultsWith(string members) => Faults(With(members));

    public static string Faults(string json, string? defaultWorkflowId = Default) =>
        Should.Throw<InvalidMessageException>(() => Read(json, defaultWorkflowId)).Message;

    public static string With(string members) => "{\"vendorData\":\"user-1\"," + members + "}";
}
