using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary><c>dead-letters list</c></summary>
internal sealed class ListCommand(
    DeadLetterQueues queues, IOperatorBroker broker, AuditLog audit, TimeProvider time, Output output)
{
    private sealed record Options(int Examples, bool Messages, bool ShowBody, bool Json);

    // Not the messages: their bodies would be kept, too.
    private readonly List<string[]> _messages = [];
    private readonly ListView _view = new(time.GetUtcNow());

    public static Command Create(OperatorHost host)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var examples = CommonOptions.Number(
            "--examples", "Examples of each group, in JSON and with --show-body", 3, n => n >= 0, "a whole number");
        var messages = new Option<bool>("--messages") { Description = "A line for each message, from the head of the queue on" };
        var form = new Option<string?>("-o") { Description = "wide: the same as --messages" };
        form.AcceptOnlyFromAmong("wide");
        var showBody = new Option<bool>("--show-body")
        { Description = "Show the bodies of the examples unredacted: personal data; leaves an audit line" };
        var command = new SelectingCommand(
            "list", "Counts what lies in the error and skipped queues, by fault, with its age against the window")
            { messages, form, examples, showBody, json };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ListCommand>(
            list => list.RunAsync(
                filter.Read(parsed),
                new(parsed.GetValue(examples), parsed.GetValue(messages) || parsed.GetValue(form) is not null,
                    parsed.GetValue(showBody), parsed.GetValue(json)),
                cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, Options options, CancellationToken cancellation)
    {
        if (options.ShowBody)
        {
            await audit.AddAsync("dead-letters list --show-body", filter.ToString(), reason: null, "shown");
        }

        var groups = await GroupAsync(filter, options, cancellation);
        output.Write(options.Json, groups.Select(group => ListView.ToJson(group, options.ShowBody)), () => Print(groups, options));
        await NothingMatched.RequireAsync(groups.Count, queues, broker, filter, cancellation);
        return ExitCodes.Done;
    }

    private async Task<IReadOnlyList<GroupSummary>> GroupAsync(DeadLetterFilter filter, Options options, CancellationToken cancellation)
    {
        var examples = options is { Messages: true, Json: true } ? int.MaxValue : options.Examples;
        var groups = new Dictionary<(string, string, string?), GroupSummary>();
        await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
        {
            var key = (letter.Queue, letter.Group, letter.FaultType);
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = new(letter, examples));
            }

            var age = queues.AgeOf(letter);
            group.Add(letter, age);
            if (options is { Messages: true, Json: false })
            {
                _messages.Add(_view.Row(letter, age));
            }
        }

        return [.. groups.Values.OrderByDescending(g => g.Count).ThenBy(g => g.Group, StringComparer.Ordinal)];
    }

    private void Print(IReadOnlyList<GroupSummary> groups, Options options)
    {
        if (groups.Count == 0)
        {
            return;
        }

        if (options.Messages)
        {
            output.WriteRecords(["id", "group", "parked", "window left", "fault"], _messages);
        }
        else
        {
            output.WriteTable(["group", "count", "oldest", "window left", "most frequent fault", "what helps"], groups.Select(_view.Row));
        }

        foreach (var letter in options.ShowBody ? groups.SelectMany(group => group.Examples) : [])
        {
            output.Text.WriteLine($"{letter.Name}: {Redaction.Open(letter.Body)}");
        }

        output.WriteNote("");
        var queued = groups.GroupBy(group => group.Queue, StringComparer.Ordinal)
            .Select(queue => (Queue: queue.Key, Count: queue.Sum(group => group.Count))).ToList();
        output.WriteNote($"{Words.Count(groups.Sum(group => group.Count), "dead letter")} in "
            + $"{string.Join(", ", queued.Select(row => queued.Count == 1 ? row.Queue : $"{row.Queue} ({row.Count})"))}. "
            + (options.Messages ? "One of them: diditworker dead-letters show ID"
                : "Each of them: diditworker dead-letters list --messages"));
        WarnOfReadings(groups.Max(group => group.DeliveryCount));
    }

    private void WarnOfReadings(long counted)
    {
        if (counted >= BrokerFindings.ReturnedOften)
        {
            output.WriteNote(
                $"This broker counts readings in x-delivery-count, up to {counted} before this one, and drops a message that exceeds a "
                + "delivery limit. Let no policy with a delivery-limit match this queue (deploy/rabbitmq/README.md, Policies).");
        }
    }
}
