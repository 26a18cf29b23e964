using System.Collections.Concurrent;

namespace DiditWorker.Operations.Broker;

/// <summary>What the worker has noticed at its broker and a person should mend. Health tells of it as long as it holds.</summary>
public sealed class BrokerFindings(TimeProvider time)
{
    /// <summary>From how many counted returns of one message on health tells of it: half of the broker's default limit.</summary>
    public const int ReturnedOften = 10;

    /// <summary>
    /// After how many counted returns a message is parked rather than returned once more, where the broker would drop it. The default
    /// limit from RabbitMQ 4.0 on is 20 (RabbitMQ docs, "Quorum Queues", poison message handling); the rest is for returns that the
    /// worker cannot help.
    /// </summary>
    public const int LastReturn = 15;

    // What a finding is about.
    private const string Arguments = "arguments of ";
    private const string Look = "look at ";
    private const string Returned = "returned";
    private static readonly TimeSpan ReturnedFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, BrokerFinding> _findings = new(StringComparer.Ordinal);
    private volatile bool _mayDrop;
    private volatile string? _interruption;

    /// <summary>
    /// Whether the broker may drop a message of the input queue that reaches a delivery limit: the queue exists without the arguments
    /// that send it to the error queue.
    /// </summary>
    public bool MayDrop => _mayDrop;

    /// <summary>The broker's words when it last ended the channel that messages are taken from; null once they are taken again.</summary>
    public string? Interruption { get => _interruption; set => _interruption = value; }

    /// <summary>Those that hold now.</summary>
    public IReadOnlyList<BrokerFinding> Current
    {
        get
        {
            var now = time.GetUtcNow();
            return [.. _findings.Values.Where(finding => finding.Until > now).OrderBy(finding => finding.What, StringComparer.Ordinal)];
        }
    }

    /// <summary>The input queue was declared.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="difference">The broker's words if it exists with other arguments; else null.</param>
    public void DeclaredInput(string queue, string? difference)
    {
        _mayDrop = difference is not null;
        Declared(
            queue, difference,
            $"; what reaches a delivery limit may be dropped, so a message that was returned {LastReturn} times is parked",
            "set the policy that is named there and StartVerification:Topology=Expect, or delete the queue when it is empty and restart");
    }

    /// <summary>A queue for parking was declared.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="difference">The broker's words if it exists with other arguments; else null.</param>
    public void DeclaredParking(string queue, string? difference) =>
        Declared(queue, difference, consequence: "", "a dead letter must not expire or be dropped, so compare limits and TTL");

    /// <summary>The broker refused to show a queue (403).</summary>
    public void Refused(string queue, string brokersWords) => _findings[Look + queue] = new(
        brokersWords, RefusedRight.ActionFor(brokersWords) ?? "see deploy/rabbitmq/README.md for the rights that the worker needs",
        DateTimeOffset.MaxValue);

    /// <summary>The broker showed a queue.</summary>
    public void Shown(string queue) => _findings.TryRemove(Look + queue, out _);

    /// <summary>A message goes back to the queue, and not for the first time.</summary>
    /// <param name="count">Its <c>x-delivery-count</c>: what the broker holds against a delivery limit.</param>
    public void ReturnedAgain(long count)
    {
        if (count >= ReturnedOften)
        {
            _findings[Returned] = new(
                $"a message was returned {count} times and the broker counts that (x-delivery-count)",
                "end what holds the messages (see didit and redis); let no policy or operator policy with a delivery-limit match the "
                    + "queue, "
                + "since the lower of argument and policy counts",
                time.GetUtcNow() + ReturnedFor);
        }
    }

    private void Declared(string queue, string? difference, string consequence, string remedy)
    {
        if (difference is null)
        {
            _findings.TryRemove(Arguments + queue, out _);
            return;
        }

        _findings[Arguments + queue] = new(
            $"queue {queue} exists with other arguments than the worker declares and is used as it is ({difference}){consequence}",
            $"see deploy/rabbitmq/README.md, \"A queue that exists already\": {remedy}", DateTimeOffset.MaxValue);
    }
}

/// <summary>One thing to mend.</summary>
/// <param name="What">What is wrong.</param>
/// <param name="Action">What to do.</param>
/// <param name="Until">When it is forgotten.</param>
public sealed record BrokerFinding(string What, string Action, DateTimeOffset Until);
