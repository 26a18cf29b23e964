using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>Says why a command found nothing to act on: no queue, an empty queue, or a filter that takes none of what is there.</summary>
internal static class NothingMatched
{
    // More groups than these help nobody.
    private const int Groups = 10;

    /// <summary>For a command that has read all that its filter names.</summary>
    /// <returns>What it ends with.</returns>
    public static async Task<CommandException> InAsync(
        DeadLetterQueues queues, IOperatorBroker broker, DeadLetterFilter filter, CancellationToken cancellation) =>
        new(ExitCodes.NothingMatched, await InWordsAsync(queues, broker, filter, cancellation));

    private static async Task<string> InWordsAsync(
        DeadLetterQueues queues, IOperatorBroker broker, DeadLetterFilter filter, CancellationToken cancellation)
    {
        var seen = queues.Seen;
        if (seen.Total > 0)
        {
            var groups = seen.ByGroup();
            var named = groups.Take(Groups).Select(group => $"{group.Group} ({group.Count})");
            return $"None of {Words.Count(seen.Total, "dead letter")} matches {filter.AsOptions()}; there are {string.Join(", ", named)}"
                + $"{(groups.Count > Groups ? " and others" : "")}."
                + (filter.Id is { } id ? $" What became of it: diditworker keys show {ShellWord.Of(id)}" : "");
        }

        var (asked, missing) = (queues.Named(filter), new List<string>());
        foreach (var queue in asked)
        {
            if (!await broker.MayExistAsync(queue, cancellation))
            {
                missing.Add(queue);
            }
        }

        var own = asked.All(queue => queue == queues.ErrorQueue || queue == queues.SkippedQueue);
        return missing.Count < asked.Count || (own && await broker.MayExistAsync(queues.InputQueue, cancellation))
            ? $"No dead letters in {string.Join(" and ", asked)}, {broker.Place}."
            : $"There is no queue {string.Join(" and no queue ", missing)} in {broker.Place}. "
                + (own ? $"Nor is there {queues.InputQueue}: no worker has run here. Check ConnectionStrings:RabbitMq and "
                    + "StartVerification:Queue." : "Without --queue, dead letters are looked for in "
                        + $"{queues.ErrorQueue} and {queues.SkippedQueue}.");
    }
}
