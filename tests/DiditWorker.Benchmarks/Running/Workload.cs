using System.Globalization;
using System.Text;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Verification;

namespace DiditWorker.Benchmarks.Running;

/// <summary>How a message is published.</summary>
internal enum MessageKind
{
    /// <summary>As raw JSON.</summary>
    Raw,

    /// <summary>The same with the header of a replayed dead letter.</summary>
    Replayed,

    /// <summary>In an envelope with a response address.</summary>
    Request,

    /// <summary>As raw JSON of the largest size that is allowed.</summary>
    Large,
}

/// <summary>One message to publish.</summary>
/// <param name="Id">Its MessageId.</param>
/// <param name="Body">Raw JSON.</param>
internal readonly record struct Message(string Id, byte[] Body)
{
    /// <summary>The n-th message: always the same id and body.</summary>
    public static Message Of(int number) => new(
        new Guid(number, 7, 4711, [1, 2, 3, 4, 5, 6, 7, 8]).ToString(),
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"vendorData":"user-{{number}}","workflowId":"{{ContenderSettings.Workflow}}","callback":"https://example.com/verified","language":"en"}""")));

    /// <summary><c>StartVerification:MaximumBodySize</c>, in bytes.</summary>
    public static int LargeSize { get; } = new StartVerificationOptions().MaximumBodySize;

    /// <summary>With a member that makes it as large as is allowed.</summary>
    public byte[] Padded()
    {
        var begin = Encoding.UTF8.GetString(Body)[..^1] + ",\"expectedDetails\":{\"note\":\"";
        return Encoding.UTF8.GetBytes(begin + new string('x', LargeSize - begin.Length - 3) + "\"}}");
    }

    /// <summary>In MassTransit's envelope, as a request.</summary>
    /// <param name="responses">The exchange that the response goes to.</param>
    public byte[] Enveloped(string responses) => Encoding.UTF8.GetBytes(
        $$"""{"messageId":"{{Id}}","requestId":"{{Id}}","responseAddress":"exchange:{{responses}}","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],"message":{{Encoding.UTF8.GetString(Body)}}}""");
}

/// <summary>What is in the queue when a contender starts: numbers of messages, first the warm-up, then what is measured.</summary>
/// <param name="Name">For the tables.</param>
/// <param name="CreateDelay">What the simulator takes for a create after the warm-up.</param>
/// <param name="WarmUp">Read first, not measured.</param>
/// <param name="Measured">Read after it.</param>
internal sealed record Workload(string Name, TimeSpan CreateDelay, IReadOnlyList<int> WarmUp, IReadOnlyList<int> Measured)
{
    /// <summary>
    /// Of what is measured. The warm-up is requests where that is, and raw JSON otherwise: nothing is replayed before it was answered.
    /// </summary>
    public MessageKind Kind { get; init; }

    /// <summary>Whether every answer is kept and counted; otherwise the broker drops all but the last.</summary>
    public bool CountsAnswers { get; init; } = true;

    /// <summary>Sessions that there should be.</summary>
    public int Sessions => WarmUp.Concat(Measured).Distinct().Count();

    /// <summary>Messages never seen before.</summary>
    public static Workload First(TimeSpan delay, int warmUp, int count) =>
        new($"first deliveries, {delay.TotalMilliseconds:0} ms", delay, [.. Enumerable.Range(0, warmUp)],
            [.. Enumerable.Range(warmUp, count)]);

    /// <summary>Messages that the warm-up has answered.</summary>
    public static Workload Duplicates(int known, int warmUp, int count) =>
        new("duplicates", TimeSpan.Zero, KnownAndAgain(known, warmUp), [.. Enumerable.Range(0, count).Select(i => i % known)]);

    /// <summary>One new message, nine answered ones, and so on.</summary>
    public static Workload Mixed(int known, int count) => new(
        "90 % duplicates", TimeSpan.Zero, KnownAndAgain(known, known),
        [.. Enumerable.Range(0, count).Select(i => i % 10 == 0 ? known + i : i % known)]);

    /// <summary>Answered messages that come back from the error queue.</summary>
    public static Workload Replay(int count, int warmUp) =>
        new("replay of answered dead letters", TimeSpan.Zero, KnownAndAgain(count, warmUp), [.. Enumerable.Range(0, count)])
        { Kind = MessageKind.Replayed };

    /// <summary>Duplicates of whom the requester awaits a response of its own.</summary>
    public static Workload Requests(int known, int warmUp, int count) =>
        Duplicates(known, warmUp, count) with { Name = "requests", Kind = MessageKind.Request };

    /// <summary>One new message, delivered over and over.</summary>
    public static Workload HotKey(int known, int count) =>
        new("hot key", TimeSpan.Zero, KnownAndAgain(known, known), [.. Enumerable.Repeat(known, count)]);

    // Both ways through a contender are to be warm: the long one of a first delivery, and the short one of a duplicate.
    private static List<int> KnownAndAgain(int known, int again) =>
        [.. Enumerable.Range(0, known), .. Enumerable.Range(0, again).Select(i => i % known)];
}
