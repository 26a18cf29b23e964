using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace DiditWorker.Operations.Terminal;

/// <summary>Where a command prints: what was asked for to <paramref name="text"/>, everything else to <paramref name="notes"/>.</summary>
/// <param name="text">Standard output.</param>
/// <param name="notes">Standard error.</param>
/// <param name="width">Of a terminal in a test; null: it is found out.</param>
internal sealed class Output(TextWriter text, TextWriter notes, int? width = null)
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

    /// <summary>How wide the terminal is; null: what is printed goes into a file or a pipe.</summary>
    public int? Width { get; } = width ?? (IsFile(text, Console.Out, Console.IsOutputRedirected) ? null : WidthOfTerminal());

    /// <summary>Bars; colour only on a terminal.</summary>
    public IAnsiConsole Progress { get; } = ConsoleOn(notes, IsFile(notes, Console.Error, Console.IsErrorRedirected), width);

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

    /// <summary>A table of texts, see <see cref="Layout.Table"/>.</summary>
    public void WriteTable(string[] columns, IEnumerable<string[]> rows) => WriteLines(text, Layout.Table(columns, rows, Width));

    /// <summary>A line for each row, on a terminal too: there it is cut between two words, while a pipe gets all of it.</summary>
    public void WriteRecords(string[] columns, IEnumerable<string[]> rows) =>
        WriteLines(text, Layout.Table(columns, rows, width: null).Select(line => Layout.CutTo(line, Width)));

    /// <summary>A label and a text on each line; on a terminal a text goes on below its beginning.</summary>
    public void WriteRows(IEnumerable<(string Label, string Text)> rows) => WriteLines(text, Layout.List(rows, Width));

    /// <summary>
    /// Sentences, which a terminal's end does not break in a word; a line that is indented is to be copied, and stays whole.
    /// </summary>
    public void WriteText(string sentence) => WriteLines(text, Wrapped(sentence));

    /// <summary>The same beside what was asked for, where a pipe does not take it for a record.</summary>
    public void WriteNote(string sentence) => WriteLines(notes, Wrapped(sentence));

    /// <summary>A UTC time for people; nothing if there is none.</summary>
    public static string Time(DateTimeOffset? time) => time is { } known ? TimeInWords.Of(known) : "";

    private IEnumerable<string> Wrapped(string sentence) => Width is not { } room ? [sentence]
        : sentence.ReplaceLineEndings("\n").Split('\n').SelectMany(line => line.StartsWith(' ') ? [line] : Layout.Wrap(line, room));

    private static void WriteLines(TextWriter writer, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            writer.WriteLine(line);
        }
    }

    private static bool IsFile(TextWriter writer, TextWriter terminal, bool isRedirected) => isRedirected || writer != terminal;

    // COLUMNS comes first, as in man and ls.
    private static int WidthOfTerminal() =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            && columns > 0 ? columns : Math.Max(Console.WindowWidth, 1);

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool isFile, int? width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isFile ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = isFile ? InteractionSupport.No : InteractionSupport.Detect,
        });
        console.Profile.Width = width ?? (isFile ? WidthOfAFile : WidthOfTerminal());
        return console;
    }
}
