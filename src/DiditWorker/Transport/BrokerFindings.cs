using System.Collections.Concurrent;

namespace DiditWorker.Transport;

/// <summary>What the worker has noticed at its broker and a person should mend. Health tells of it as long as it holds.</summary>
public sealed class BrokerFindings(TimeProvider time)
{
    /// <summary>From how many counted returns of one message on health tells of it: half of the broker's default limit.</summary>
    public const int ReturnedOften = 10;

    /// <summary>
    /// After how many counted returns a message is parked rather than returned once more, where the broker would drop it. The default limit from
    /// RabbitMQ 4.0 on is 20 (RabbitMQ docs, "Quorum Queues", poison message handling); the rest is for returns that the worker cannot help.
    /// </summary>
    public const int LastReturn = 15;

    private const string Returned = "returned";
    private static readonly TimeSpan ReturnedFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, BrokerFinding> _findings = new(StringComparer.Ordinal);
    private volatile bool _mayDrop;
    private volatile string? _interruption;

    /// <summary>
    /// Whether the broker may drop a message of the input queue that reaches a delivery limit: the queue was declared without the arguments that
    /// send it to the error queue.
    /// </summary>
    public bool MayDrop => _mayDrop;

    /// <summary>The broker's words when it last ended the channel that messages are taken from; null once it is consumed again.</summary>
    public string? Interruption { get => _interruption; set => _interruption = value; }

    /// <summary>Those that hold now.</summary>
    public IReadOnlyList<BrokerFinding> Current => [.. _findings.Values.Where(finding => finding.Until > time.GetUtcNow()).OrderBy(finding => finding.What, StringComparer.Ordinal)];

    /// <summary>A queue was declared.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="difference">The broker's words if the queue exists with other arguments; else null.</param>
    /// <param name="isInput">Whether it is the one that the worker takes messages from.</param>
    public void Declared(string queue, string? difference, bool isInput)
    {
        if (isInput)
        {
            _mayDrop = difference is not null;
        }

        if (difference is null)
        {
            _findings.TryRemove(queue, out _);
            return;
        }

        _findings[queue] = new(
            $"queue {queue} exists with other arguments than the worker declares and is used as it is ({difference})"
            + (isInput ? $"; what reaches a delivery limit may be dropped, so a message that was returned {LastReturn} times is parked" : ""),
            isInput
                ? "see deploy/rabbitmq/README.md, \"A queue that exists already\": set the policy that is named there and StartVerification:Topology=Expect, or delete the queue when it is empty and restart"
                : "compare its limits and TTL with deploy/rabbitmq/README.md, \"A queue that exists already\": a dead letter must not expire or be dropped",
            DateTimeOffset.MaxValue);
    }

    /// <summary>The broker refused to show a queue (403).</summary>
    public void Refused(string queue, string brokersWords) => _findings[queue] = new(brokersWords, RefusedRight.ActionFor(brokersWords) ?? "", DateTimeOffset.MaxValue);

    /// <summary>The broker showed a queue.</summary>
    public void Shown(string queue)
    {
        if (_findings.TryGetValue(queue, out var finding) && RefusedRight.ActionFor(finding.What) is not null)
        {
            _findings.TryRemove(queue, out _);
        }
    }

    /// <summary>A message goes back to the queue, not for the first time.</summary>
    /// <param name="count">Its <c>x-delivery-count</c>: what the broker holds against a delivery limit.</param>
    public void ReturnedAgain(long count)
    {
        if (count >= ReturnedOften)
        {
            _findings[Returned] = new(
                $"a message was returned {count} times and the broker counts that (x-delivery-count)",
                "end what holds the messages (see didit and redis); let no policy or operator policy with a delivery-limit match the queue, since the lower of argument and policy counts",
                time.GetUtcNow() + ReturnedFor);
        }
    }
}

/// <summary>One thing to mend.</summary>
/// <param name="What">What is wrong.</param>
/// <param name="Action">What to do.</param>
/// <param name="Until">When it is forgotten.</param>
public sealed record BrokerFinding(string What, string Action, DateTimeOffset Until);
