using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary>One line of a plan: a dead letter, and what its replay was predicted to lead to. Holds no contents.</summary>
/// <param name="Reference">Which dead letter.</param>
/// <param name="Queue">Where it lies.</param>
/// <param name="RequestId">If it has one.</param>
/// <param name="Key">If it has a request id.</param>
/// <param name="FaultedAt">When it was parked.</param>
/// <param name="Window">Where it stands in the window.</param>
/// <param name="WindowEndsAt">When that ends.</param>
/// <param name="Predicted">What a replay would lead to.</param>
/// <param name="Because">Why.</param>
public sealed record PlanLine(
    string Reference, string Queue, string? RequestId, string? Key, DateTimeOffset? FaultedAt, WindowState Window,
    DateTimeOffset? WindowEndsAt,
    Predicted Predicted, string Because)
{
    /// <summary>Of a dead letter.</summary>
    public static PlanLine Of(DeadLetter letter, Prediction prediction) => new(
        letter.Reference, letter.Queue, letter.Delivery?.RequestId, letter.Delivery?.Key.ToString(), letter.FaultedAt,
        prediction.Window.State,
        prediction.Window.EndsAt, prediction.What, prediction.Because);
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
