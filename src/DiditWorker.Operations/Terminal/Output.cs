using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace DiditWorker.Operations.Terminal;

/// <summary>Where a command prints: what was asked for to <paramref name="text"/>, everything else to <paramref name="notes"/>.</summary>
internal sealed class Output(TextWriter text, TextWriter notes)
{
    // Wide enough that a table that goes into a file or a pipe is not broken.
    private const int WidthOfAFile = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public TextWriter Text => text;

    public TextWriter Notes => notes;

    /// <summary>Tables; colour only on a terminal.</summary>
    public IAnsiConsole Tables { get; } = ConsoleOn(text, Console.IsOutputRedirected || text != Console.Out);

    /// <summary>Progress and warnings.</summary>
    public IAnsiConsole Progress { get; } = ConsoleOn(notes, Console.IsErrorRedirected || notes != Console.Error);

    /// <summary>What was asked for: as JSON, or in a form for people.</summary>
    public void Write<T>(bool asJson, T json, Action forPeople)
    {
        if (asJson)
        {
            text.WriteLine(JsonSerializer.Serialize(json, Json));
        }
        else
        {
            forPeople();
        }
    }

    /// <summary>A table of texts; without a name for any column it has no head.</summary>
    public void WriteTable(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { ShowHeaders = columns.Any(name => name.Length > 0) }.AddColumns(columns);
        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        Tables.Write(table);
    }

    /// <summary>A label and a text on each line; never broken, so that it can be copied.</summary>
    public void WriteRows(IEnumerable<(string Label, string Text)> rows)
    {
        var all = rows.ToList();
        var width = all.Max(row => row.Label.Length);
        foreach (var (label, line) in all)
        {
            text.WriteLine($"{label.PadRight(width)}  {line}");
        }
    }

    /// <summary>A UTC time for people; nothing if there is none.</summary>
    public static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool isFile)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isFile ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = isFile ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isFile)
        {
            console.Profile.Width = WidthOfAFile;
        }

        return console;
    }
}
