using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>
/// Says why a command found nothing to act on: no queue, an empty queue, or a filter that takes none of what is there; and which of
/// several ids is not there.
/// </summary>
internal static class NothingMatched
{
    // More groups than these help nobody.
    private const int Groups = 10;

    /// <summary>For a command that has read all that its filter names.</summary>
    /// <returns>What it ends with.</returns>
    public static async Task<CommandException> InAsync(
        DeadLetterQueues queues, IOperatorBroker broker, DeadLetterFilter filter, CancellationToken cancellation) =>
        new(ExitCodes.NothingMatched, await InWordsAsync(queues, broker, filter, cancellation));

    /// <summary>For a command that has done its work: it must have found something, and each id that it was given.</summary>
    /// <param name="found">How many dead letters.</param>
    /// <param name="queues">Where it has read.</param>
    /// <param name="broker">Where the queues are.</param>
    /// <param name="filter">What it was to find.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CommandException">It did not.</exception>
    public static async Task RequireAsync(
        int found, DeadLetterQueues queues, IOperatorBroker broker, DeadLetterFilter filter, CancellationToken cancellation)
    {
        if (found == 0)
        {
            throw await InAsync(queues, broker, filter, cancellation);
        }

        RequireEach(queues, filter);
    }

    /// <summary>For a command that has done its work: each id that it was given must have been there.</summary>
    /// <exception cref="CommandException">Some were not.</exception>
    public static void RequireEach(DeadLetterQueues queues, DeadLetterFilter filter)
    {
        // What is beyond a limit was not looked for.
        if (filter.Limit is null && queues.NotSeen(filter) is [var first, ..] missing)
        {
            throw new CommandException(ExitCodes.SomeFailed,
                $"No dead letter matches {string.Join(" or ", missing.Select(ShellWord.Of))}.{WhatBecameOf(first)}");
        }
    }

    private static string WhatBecameOf(string id) => $" What became of it: diditworker keys show {ShellWord.Of(id)}";

    private static async Task<string> InWordsAsync(
        DeadLetterQueues queues, IOperatorBroker broker, DeadLetterFilter filter, CancellationToken cancellation)
    {
        var seen = queues.Seen;
        if (seen.Total > 0)
        {
            var groups = seen.ByGroup();
            var named = groups.Take(Groups).Select(group => $"{group.Group} ({group.Count})");
            return $"None of {Words.Count(seen.Total, "dead letter")} matches {filter.AsWords()}; there are {string.Join(", ", named)}"
                + $"{(groups.Count > Groups ? " and others" : "")}."
                + (filter.Ids.Count > 0 ? WhatBecameOf(filter.Ids[0]) : "");
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
