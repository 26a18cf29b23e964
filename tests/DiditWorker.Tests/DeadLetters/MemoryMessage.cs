using System.Text;
using RabbitMQ.Client;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>A message in a queue of a <see cref="MemoryBroker"/>.</summary>
internal sealed class MemoryMessage(BasicProperties properties, byte[] body)
{
    private const string Counter = "x-delivery-count";

    public string Id => Properties.MessageId ?? "";

    /// <summary>As they were published.</summary>
    public BasicProperties Properties { get; } = new(properties);

    public byte[] Body => body;

    public bool IsHeld { get; set; }

    /// <summary>Whether it was delivered and came back.</summary>
    public bool Redelivered { get; private set; }

    /// <summary>How often it came back. A quorum queue goes on from what a message is published with.</summary>
    public long Returns { get; private set; } =
        properties.Headers?.TryGetValue(Counter, out var count) == true ? Convert.ToInt64(count, null) : 0;

    public void Return() => (IsHeld, Redelivered, Returns) = (false, true, Returns + 1);

    /// <summary>As they are delivered: text as bytes, and the count.</summary>
    public IReadOnlyBasicProperties Delivered()
    {
        var headers = (Properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal)).ToDictionary(
            header => header.Key, header => header.Value is string text ? Encoding.UTF8.GetBytes(text) : header.Value,
            StringComparer.Ordinal);
        if (Returns > 0)
        {
            headers[Counter] = Returns;
        }

        return new BasicProperties(Properties) { Headers = headers.Count == 0 ? null : headers };
    }
}
