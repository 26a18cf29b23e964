using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Pausing;

/// <summary><c>diditworker resume</c></summary>
internal sealed class ResumeCommand(PauseOrders orders, AuditLog audit, TimeProvider time, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var command = new Command("resume", "Ends a pause that was ordered with diditworker pause");
        command.SetAction((_, cancellation) => host.RunAsync<ResumeCommand>(resume => resume.RunAsync(), cancellation));
        return command;
    }

    private async Task<int> RunAsync()
    {
        var order = await orders.ReadAsync() ?? throw new CommandException(
            ExitCodes.NothingMatched,
            "No pause is ordered. Where workers pause by themselves, GET /health/ready says why and what to do.");
        var lasted = Words.Duration(time.GetUtcNow() - order.Since);
        var done = false;
        await audit.AroundAsync(
            ("resume", $"creates, paused by {order.By} for {lasted}: {order.Reason}", null), "begun",
            async () =>
            {
                await orders.EndAsync();
                done = true;
            },
            () => done ? "resumed" : "whether the order is gone is not known");
        output.WriteText($"Creates go on, after {lasted}, on a ramp. Every worker heeds it within 2 seconds.");
        return ExitCodes.Done;
    }
}
