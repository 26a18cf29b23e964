using System.Diagnostics;

namespace DiditWorker.Tests.Shared;

/// <summary>Another program, run to its end.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    // The longest is a build of the images that restores every package.
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(15);

    /// <summary>What it wrote; if it failed, an exception with what it wrote to standard error.</summary>
    public string Required => ExitCode == 0 ? Output : throw new InvalidOperationException($"ended with {ExitCode}: {Error}{Output}");

    public static async Task<ProgramRun> ToEndAsync(
        string program, IEnumerable<string> arguments, string? directory = null, string input = "", IReadOnlyDictionary<string,
        string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, WorkingDirectory = directory
                ?? Repository.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Bound);
        return new(process.ExitCode, await output, await error);
    }
}
