using DiditWorker.Didit;
using DiditWorker.Operations.Probe;
using Microsoft.Extensions.Options;

namespace DiditWorker.Hosting;

/// <summary>The report of the probe can be read. For the service only: an operator's command is what writes it.</summary>
internal sealed class ProbeReportRule : IValidateOptions<DiditOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, DiditOptions options)
    {
        try
        {
            _ = options.ProbeReportFile is { } path ? ProbeReportFile.Read(path) : null;
            return ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            var problem = exception is FormatException ? exception.Message : "the file cannot be read: " + exception.GetType().Name;
            return ValidateOptionsResult.Fail(Fault.Of("Didit:ProbeReportFile", options.ProbeReportFile, problem));
        }
    }
}
