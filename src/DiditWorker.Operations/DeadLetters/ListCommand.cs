using System.CommandLine;
using System.Globalization;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using Spectre.Console;

namespace DiditWorker.Operations.DeadLetters;

/// <summary><c>dead-letters list</c></summary>
internal sealed class ListCommand(DeadLetterQueues queues, IOperatorBroker broker, AuditLog audit, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var examples = CommonOptions.Number("--examples", "Examples to show of each group", 3, n => n >= 0, "a whole number");
        var showBody = new Option<bool>("--show-body")
        { Description = "Show the bodies of the examples unredacted: personal data; leaves an audit line" };
        var command = new Command("list", "Counts what lies in the error and skipped queues, by fault, with its age against the window")
            { examples, showBody, json };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ListCommand>(
            list => list.RunAsync(
                filter.Read(parsed), parsed.GetValue(examples), parsed.GetValue(showBody), parsed.GetValue(json), cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, int examples, bool showBody, bool json, CancellationToken cancellation)
    {
        if (showBody)
        {
            await audit.AddAsync("dead-letters list --show-body", filter.ToString(), reason: null, "shown");
        }

        var groups = await GroupAsync(filter, examples, cancellation);
        output.Write(json, groups.Select(group => ToJson(group, showBody)), () => Print(groups, showBody));
        return groups.Count == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
    }

    private async Task<IReadOnlyList<GroupSummary>> GroupAsync(DeadLetterFilter filter, int examples, CancellationToken cancellation)
    {
        var groups = new Dictionary<(string, string, string?), GroupSummary>();
        await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
        {
            var key = (letter.Queue, letter.Group, letter.FaultType);
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = new(letter, examples));
            }

            group.Add(letter, queues.AgeOf(letter));
        }

        return [.. groups.Values.OrderByDescending(g => g.Count).ThenBy(g => g.Group, StringComparer.Ordinal)];
    }

    private void Print(IReadOnlyList<GroupSummary> groups, bool showBody)
    {
        var console = output.Tables;
        if (groups.Count == 0)
        {
            console.WriteLine("No dead letters.");
            return;
        }

        output.WriteTable(
            [
                "group", "queue", "count", "oldest", "newest", "inside", "near the end", "expired", "unknown", "next window ends",
                "examples",
            ],
            groups.Select(Row));
        foreach (var letter in showBody ? groups.SelectMany(g => g.Examples) : [])
        {
            console.WriteLine($"{Name(letter)}: {Redaction.Open(letter.Body)}");
        }

        var counted = groups.Max(group => group.DeliveryCount);
        console.WriteLine(
            $"{groups.Sum(g => g.Count)} dead letters; before this reading x-delivery-count was up to {counted}, "
            + $"x-acquired-count up to {groups.Max(g => g.AcquiredCount)}.");
        if (counted >= BrokerFindings.ReturnedOften)
        {
            console.WriteLine(
                "This broker counts readings in x-delivery-count, and drops a message that exceeds a delivery limit. "
                + "Let no policy with a delivery-limit match this queue (deploy/rabbitmq/README.md, Policies).");
        }
    }

    private static string[] Row(GroupSummary group) =>
    [
        group.Group, group.Queue, Text(group.Count), Output.Time(group.Oldest), Output.Time(group.Newest),
        Text(group.In(WindowState.Inside)), Text(group.In(WindowState.NearTheEnd)), Text(group.In(WindowState.Expired)),
        Text(group.In(WindowState.Unknown)), Output.Time(group.NextWindowEnd), string.Join('\n', group.Examples.Select(Name)),
    ];

    private static object ToJson(GroupSummary group, bool showBody) => new
    {
        group.Group,
        group.FaultType,
        group.Queue,
        group.Count,
        group.Oldest,
        group.Newest,
        Window = new
        {
            Inside = group.In(WindowState.Inside),
            NearTheEnd = group.In(WindowState.NearTheEnd),
            Expired = group.In(WindowState.Expired),
            Unknown = group.In(WindowState.Unknown)
        },
        group.NextWindowEnd,
        group.DeliveryCount,
        group.AcquiredCount,
        Examples = group.Examples.Select(letter => new
        {
            letter.Reference,
            letter.Delivery?.RequestId,
            Key = letter.Delivery?.Key.ToString(),
            letter.FaultedAt,
            letter.VendorDataHash,
            letter.Replays,
            Body = showBody ? Redaction.Open(letter.Body) : null,
        }),
    };

    private static string Name(DeadLetter letter) => letter.Delivery?.RequestId ?? letter.Reference;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
