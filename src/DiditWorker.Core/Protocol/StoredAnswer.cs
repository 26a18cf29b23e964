using System.Text.Json;

namespace DiditWorker.Protocol;

/// <summary>The answer that a record holds. One that is damaged is like a record that cannot be read: its message waits.</summary>
internal static class StoredAnswer
{
    /// <summary>The same, once its answer was read.</summary>
    /// <exception cref="FormatException">The answer is damaged. The message does not quote it.</exception>
    public static Memory Checked(Memory memory)
    {
        if (memory.Record is { State: RecordState.Completed } completed)
        {
            DiditSession.FromPayload(completed.Payload);
        }
        else if (memory.Record is { State: RecordState.Refused } refused)
        {
            Refusal(refused);
        }

        return memory;
    }

    /// <summary>Didit's words in a refused record.</summary>
    /// <exception cref="FormatException">They are damaged. The message does not quote them.</exception>
    public static string Refusal(IdempotencyRecord record) =>
        Text(record.Payload) ?? throw new FormatException("The stored refusal is damaged.");

    // Null: it is none. What .NET says of it may quote it.
    private static string? Text(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RefusalJson.Default.String);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
