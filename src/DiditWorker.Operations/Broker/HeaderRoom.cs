using System.Collections;
using System.Text;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Makes room before a message is moved to the error or skipped queue. All properties of a message travel in one frame (128 KiB by default;
/// AMQP 0-9-1, section 4.2.6), and the move adds headers: a message that fills the frame could be delivered but never moved, again and
/// again.
/// </summary>
internal static class HeaderRoom
{
    /// <summary>Says which headers went, largest first; there only if some did.</summary>
    public const string Dropped = "DiditWorker-Dropped-Headers";

    // Half of a frame for what came, half for what is added.
    private const int MaxEntries = 64 * 1024;

    // Deeper tables are bound to overflow the stack of some reader of the error queue.
    private const int MaxDepth = 32;

    private const int MaxNameLength = 64;
    private const int MaxNames = 20;

    /// <summary>Drops headers that are nested too deep, and then the largest ones until what remains fits.</summary>
    public static void Make(IDictionary<string, object?> headers)
    {
        var sizes = headers.Select(
            header => (header.Key, Size: (long)Encoding.UTF8.GetByteCount(header.Key) + Size(header.Value, depth: 0))).ToList();
        var total = sizes.Sum(header => header.Size);
        if (total <= MaxEntries)
        {
            return;
        }

        var dropped = new List<string>();
        foreach (var (name, size) in sizes.OrderByDescending(header => header.Size))
        {
            if (total <= MaxEntries)
            {
                break;
            }

            headers.Remove(name);
            dropped.Add(name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…");
            total -= size;
        }

        headers[Dropped] = string.Join(", ", dropped.Take(MaxNames))
            + (dropped.Count > MaxNames ? $" and {dropped.Count - MaxNames} more" : "");
    }

    // Bytes on the wire, a little more than there are.
    private static long Size(object? value, int depth) => value switch
    {
        _ when depth > MaxDepth => int.MaxValue,
        byte[] bytes => bytes.Length + 8L,
        string text => Encoding.UTF8.GetByteCount(text) + 8L,
        RabbitMQ.Client.BinaryTableValue binary => binary.Bytes.Length + 8L,
        IDictionary<string, object?> table =>
        table.Sum(entry => Encoding.UTF8.GetByteCount(entry.Key) + Size(entry.Value, depth + 1)) + 16L,
        IList list => list.Cast<object?>().Sum(item => Size(item, depth + 1)) + 16L,
        _ => 16L,
    };
}
