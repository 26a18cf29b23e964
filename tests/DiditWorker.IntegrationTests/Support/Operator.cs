using System.Text.Json;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>What a command printed and ended with.</summary>
internal sealed record Ended(int Code, string Text, string Notes)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public override string ToString() => $"exit code {Code}\n{Text}\n{Notes}";
}

/// <summary>An operator at the command line, with the settings of an arena's workers.</summary>
internal static class Operator
{
    public static Task<Ended> OperatorAsync(this Arena arena, params string[] command) =>
        RunAsync([.. command, .. arena.Settings.Select(setting => $"--{setting.Key}={setting.Value}")]);

    public static async Task<Ended> RunAsync(params string[] args)
    {
        using var text = new StringWriter();
        using var notes = new StringWriter();
        var code = await Commands.CommandLine.RunAsync(args, text, notes);
        return new(code, text.ToString(), notes.ToString());
    }
}
