using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Pausing;

/// <summary><c>diditworker pause</c>. It is for emergencies, so it acts at once.</summary>
internal sealed class PauseCommand(PauseOrders orders, AuditLog audit, TimeProvider time, Output output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public static Command Create(OperatorHost host)
    {
        var reason = CommonOptions.Reason("Why; goes into health, page, log and audit", required: true);
        var length = CommonOptions.Duration("--for", "For how long, such as 30m or 2h; without it until diditworker resume", Longest);
        var command = new Command(
            "pause", "Lets no worker create a session, at once, until it is over or you resume; answers from records go on, messages wait")
        {
            reason, length,
        };
        command.SetAction((parsed, cancellation) => host.RunAsync<PauseCommand>(
            pause => pause.RunAsync(parsed.GetValue(reason)!, parsed.GetValue(length)), cancellation));
        return command;
    }

    private async Task<int> RunAsync(string reason, TimeSpan? length)
    {
        var now = time.GetUtcNow();
        var order = new PauseOrder(now, now + length, reason, $"{Environment.UserName}@{Environment.MachineName}");
        var until = order.Until is { } end ? Output.Time(end) : "diditworker resume";
        var done = false;
        await audit.AroundAsync(
            ("pause", $"creates, until {until}", reason), "begun",
            async () =>
            {
                await orders.GiveAsync(order);
                done = true;
            },
            () => done ? "paused" : "whether it is ordered is not known");
        output.WriteText(
            $"Creates pause until {until}: {reason}. Every worker heeds it within 2 seconds; a request that is under way ends as it does. "
                + "Answers from records go on. To see it: GET /health/ready of a worker");
        return ExitCodes.Done;
    }
}
