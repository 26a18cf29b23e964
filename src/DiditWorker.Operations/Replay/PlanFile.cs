using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary>One line of a plan: a dead letter, and what its replay was predicted to lead to. Holds no contents.</summary>
public sealed record PlanLine
{
    /// <summary>Which dead letter.</summary>
    public required string Reference { get; init; }

    /// <summary>Where it lies.</summary>
    public required string Queue { get; init; }

    /// <summary>If it has one.</summary>
    public string? RequestId { get; init; }

    /// <summary>If it has a request id.</summary>
    public string? Key { get; init; }

    /// <summary>When it was parked.</summary>
    public DateTimeOffset? FaultedAt { get; init; }

    /// <summary>Where it stands in the window.</summary>
    public required WindowState Window { get; init; }

    /// <summary>When that ends.</summary>
    public DateTimeOffset? WindowEndsAt { get; init; }

    /// <summary>What a replay would lead to.</summary>
    public required Predicted Predicted { get; init; }

    /// <summary>Why.</summary>
    public required string Because { get; init; }

    /// <summary>Of a dead letter.</summary>
    public static PlanLine Of(DeadLetter letter, Prediction prediction) => new()
    {
        Reference = letter.Reference,
        Queue = letter.Queue,
        RequestId = letter.Delivery?.RequestId,
        Key = letter.Delivery?.Key.ToString(),
        FaultedAt = letter.FaultedAt,
        Window = prediction.Age.State,
        WindowEndsAt = prediction.Age.EndsAt,
        Predicted = prediction.What,
        Because = prediction.Because,
    };
}

/// <summary>A frozen selection as JSON Lines, readable by its owner only.</summary>
public static class PlanFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Begins a new file.</summary>
    /// <exception cref="IOException">It exists already, or cannot be written.</exception>
    public static StreamWriter Create(string path) => new(PrivateFile.Create(path));

    /// <summary>One line.</summary>
    public static string Line(PlanLine line) => JsonSerializer.Serialize(line, Json);

    /// <summary>All lines.</summary>
    /// <exception cref="FormatException">A line is none of a plan; the text says which.</exception>
    public static IReadOnlyList<PlanLine> Read(string path)
    {
        var lines = new List<PlanLine>();
        foreach (var text in File.ReadLines(path))
        {
            try
            {
                var line = JsonSerializer.Deserialize<PlanLine>(text, Json);
                lines.Add(line is { Reference: not null, Queue: not null } ? line : throw new JsonException());
            }
            catch (JsonException exception)
            {
                throw new FormatException(
                    $"{path}, line {lines.Count + 1}: is no line of a plan; make one with: dead-letters plan --out FILE", exception);
            }
        }

        return lines;
    }
}
