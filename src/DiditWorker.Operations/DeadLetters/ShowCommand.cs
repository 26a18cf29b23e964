using System.CommandLine;
using DiditWorker.Didit;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using Spectre.Console;

namespace DiditWorker.Operations.DeadLetters;

/// <summary><c>dead-letters show ID</c></summary>
internal sealed class ShowCommand(
    DeadLetterQueues queues, Predictor predictor, IOperatorBroker broker, DiditOptions didit, IdempotencyOptions idempotency,
    AuditLog audit, Output output)
{
    private const string Redacted = "***";

    public static Command Create(OperatorHost host)
    {
        var id = new Argument<string>("id") { Description = "Request id, key or reference" };
        var filter = new FilterOptions();
        var ask = new Option<bool>("--look-up") { Description = "Ask Didit what it knows of this message's sessions" };
        var showBody = new Option<bool>("--show-body")
        {
            Description = "Show body, headers and the text of the fault unredacted: personal data; leaves an audit line",
        };
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows one dead letter: headers, fault, body, key, record, and what a replay would lead to")
            { id, ask, showBody, json };
        filter.AddTo(command, withId: false);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ShowCommand>(
            show => show.RunAsync(
                filter.Read(parsed) with { Id = parsed.GetValue(id) }, parsed.GetValue(ask), parsed.GetValue(showBody),
                parsed.GetValue(json), cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, bool ask, bool showBody, bool json, CancellationToken cancellation)
    {
        if (showBody)
        {
            await audit.AddAsync("dead-letters show --show-body", filter.ToString(), reason: null, "shown");
        }

        var shown = 0;
        var settings = didit.ProtocolSettings(idempotency);
        await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
        {
            var prediction = await predictor.PredictAsync(letter, ask, cancellation);
            new LetterView(letter, prediction, settings, showBody).Print(output, json);
            shown++;
        }

        return shown > 0
            ? ExitCodes.Done
            : throw new CommandException(
                ExitCodes.NothingMatched, $"No dead letter with the request id, key or reference {filter.Id}.");
    }

    private sealed class LetterView(DeadLetter letter, Prediction prediction, ProtocolSettings settings, bool showBody)
    {
        // The text of an exception may quote the message; that of a broker's own dead-lettering is put together here.
        private readonly string? _faultMessage =
            showBody || letter.FaultMessage is null || letter.Properties.Header("MT-Fault-Message") != letter.FaultMessage
                ? letter.FaultMessage
                : Redacted;

        private readonly RecordView? _record = ViewOf(letter, prediction, settings);

        private readonly string _body = showBody ? Redaction.Open(letter.Body) : Redaction.Of(letter.Body);

        public void Print(Output output, bool json) => output.Write(json, ToJson(), () =>
        {
            output.WriteTable(["", ""], Rows());
            foreach (var (name, value) in Headers())
            {
                output.Tables.WriteLine($"{name}: {value}");
            }

            output.Tables.WriteLine($"body{(showBody ? "" : " (redacted; --show-body)")}: {_body}");
        });

        private string[][] Rows() =>
        [
            ["request id", letter.Delivery?.RequestId ?? "none that could be used"],
            ["key", letter.Delivery?.Key.ToString() ?? "none"],
            ["reference", letter.Reference],
            ["queue", letter.Queue],
            ["published", letter.Delivery?.PublishedAt?.ToString("O") ?? "it does not say"],
            ["window", prediction.Age.EndsAt is { } end ? $"{prediction.Age.State}, until {end:O}" : $"{prediction.Age.State}"],
            ["parked", letter.FaultedAt?.ToString("O") ?? "it does not say"],
            ["fault", $"{letter.Group}{(letter.FaultType is null ? "" : $" ({letter.FaultType})")}: "
                + $"{_faultMessage}{(_faultMessage == Redacted ? " (--show-body)" : "")}"],
            ["readable", letter.Invalid ?? "yes"],
            ["vendorData hash", letter.VendorDataHash ?? "none"],
            ["replays so far", $"{letter.Replays}"],
            ["x-delivery-count", $"{letter.DeliveryCount ?? 0} before this reading; x-acquired-count {letter.AcquiredCount ?? 0}"],
            ["record", _record is null ? "none"
                : $"{_record.Meaning}; {_record.Attempts} attempts, the first {_record.FirstAttempt:O}; {_record.Counted} of "
                    + $"{_record.MaximumAttempts} count against it"],
            ["session in the record", _record?.SessionId ?? "none"],
            ["a replay would", $"{prediction.What.InWords()}, since: {prediction.Because}"],
        ];

        private IEnumerable<(string Name, string Value)> Headers() =>
            Aside.Copy(letter.Properties)
                .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => (
                header.Key, showBody || PropertyRedaction.IsSafe(header.Key) ? AmqpText.Of(header.Value) : Redacted));

        // Null: there is none, or its answer is damaged, and its message waits.
        private static RecordView? ViewOf(DeadLetter letter, Prediction prediction, ProtocolSettings settings)
        {
            try
            {
                return prediction.Memory is { Record: not null } memory
                    ? RecordView.Of(memory, ttl: null, settings)
                    : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }

        private object ToJson() => new
        {
            letter.Reference,
            letter.Queue,
            letter.Delivery?.RequestId,
            Key = letter.Delivery?.Key.ToString(),
            letter.Delivery?.PublishedAt,
            Window = prediction.Age.State,
            WindowEndsAt = prediction.Age.EndsAt,
            letter.Group,
            letter.FaultType,
            FaultMessage = _faultMessage,
            letter.FaultedAt,
            letter.Invalid,
            letter.VendorDataHash,
            letter.Replays,
            DeliveryCount = letter.DeliveryCount ?? 0,
            AcquiredCount = letter.AcquiredCount ?? 0,
            Record = _record,
            Predicted = prediction.What,
            prediction.Because,
            Headers = Headers().ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal),
            Body = _body,
        };
    }
}
