using System.Globalization;
using DiditWorker.Simulator;
using Spectre.Console;

namespace DiditWorker.Demo;

/// <summary>The table at the end, and the verdict.</summary>
public sealed class DemoReport(DemoOptions options, int deliveries, AnswerBook book, SimulatorState? didit)
{
    /// <summary>Prints it.</summary>
    /// <returns>Whether every message has exactly one session and one answer.</returns>
    public bool Print(IAnsiConsole console)
    {
        // A real Didit is not asked: what the answers name is what is known.
        var sessions = didit?.Sessions.Count ?? book.DistinctSessions;
        var duplicates = didit is null
            ? Math.Max(0, sessions - options.Messages)
            : didit.Duplicates().PerVendorData.Sum(vendor => vendor.Sessions.Count - 1);
        var good = sessions == options.Messages && book.Answered == options.Messages && book.Answers == deliveries
            && book.Contradicted == 0 && book.Rejections == 0 && duplicates == 0;

        var table = new Table().AddColumn("").AddColumn(new TableColumn("count").RightAligned());
        Row("messages", options.Messages);
        Row("deliveries", deliveries);
        Row("requests disturbed", (int)(didit?.Faults.Sum(fault => fault.Fired) ?? 0));
        Row("sessions made at Didit", sessions);
        Row("deliveries answered: created", book.Outcome("created"));
        Row("deliveries answered: from the record", book.Outcome("replayed"));
        Row("deliveries answered: adopted", book.Outcome("adopted"));
        Row("deliveries rejected", book.Rejections);
        Row("messages with two different answers", book.Contradicted);
        Row("messages without an answer", options.Messages - book.Answered);
        Row("duplicate sessions", duplicates);
        console.Write(table);
        console.MarkupLine(good
            ? "[green]Every message has exactly one session and one answer.[/]"
            : "[red]Not every message has exactly one session and one answer.[/]");
        return good;

        void Row(string name, int count) => table.AddRow(name, count.ToString(CultureInfo.InvariantCulture));
    }
}
