using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary>The files of <c>diditworker probe --window</c>.</summary>
internal static class ProbeWindowFiles
{
    public static WindowMemory ReadMemory(string file, DiditOptions didit)
    {
        var memory = File.Exists(file) ? Read("--window", file, WindowMemory.Read) : null;
        if (memory is null && didit.WorkflowId is null)
        {
            throw new CommandException(ExitCodes.WrongUsage, "--workflow-id is required where Didit:WorkflowId is not set");
        }

        memory ??= WindowMemory.Begin(didit, didit.WorkflowId!);
        Require(ReportCheck.IsSame(memory.Address, didit.BaseAddress),
            $"--window {file}: it is about {memory.Address}, and Didit:BaseAddress is another. Name another file.");
        Require(
            didit.WorkflowId is null || didit.WorkflowId == memory.WorkflowId,
            $"--window {file}: it was begun with workflow {memory.WorkflowId}, and a repeat must have the same body. Give that workflow, "
                + "or name another file.");
        return memory;
    }

    public static ProbeReport ReadReport(string file, DiditOptions didit)
    {
        Require(File.Exists(file),
            $"--report {file}: it does not exist. With --window the finding is added to a report: make one first, without --window.");
        var report = Read("--report", file, ProbeReportFile.Read);
        Require(ReportCheck.IsSame(report.Address, didit.BaseAddress),
            $"--report {file}: it is about {report.Address}, and Didit:BaseAddress is another.");
        return report;
    }

    private static T Read<T>(string option, string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception exception) when (exception is FormatException)
        {
            throw new CommandException(ExitCodes.WrongUsage, $"{option} {file}: {Words.Of(exception)}. It was left as it is.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.WrongUsage, $"{option} {file}: it cannot be read ({Words.Of(exception)})");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new CommandException(ExitCodes.WrongUsage, otherwise);
        }
    }

    public static async Task SaveAsync(string file, WindowMemory memory)
    {
        try
        {
            await WindowMemory.WriteAsync(file, memory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.SomeFailed, $"--window {file}: it cannot be written ({Words.Of(exception)})");
        }
    }

    public static async Task MergeAsync(string file, ProbeReport report, WindowBounds bounds, Output output)
    {
        var merged = report with
        { Findings = [.. report.Findings.Where(finding => finding.Id != FindingIds.HeaderWindow), bounds.ToFinding()] };
        try
        {
            await ProbeReportFile.WriteAsync(file, merged);
            output.WriteNote($"{FindingIds.HeaderWindow} is in {file}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCodes.SomeFailed, $"--report {file}: it cannot be written ({Words.Of(exception)}). The result is above.");
        }
    }
}
