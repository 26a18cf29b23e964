using CsCheck;
using RabbitMQ.Client;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>
/// Header values of every AMQP type, as the client library gives them: never an empty table or list, for which it gives null.
/// </summary>
internal static class AmqpValues
{
    private const int Deepest = 4;

    private static readonly Gen<string> Texts =
        Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.OneOf('é', '"', '\\', '\n', '\0', '<', '日', '\u2028')), 0, 12];

    public static readonly Gen<decimal> Decimals =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Bool, Gen.Byte[0, 28], (digits, isNegative, scale) =>
        new decimal(digits, 0, 0, isNegative, scale));

    private static readonly Gen<object?> Leaves = Gen.OneOf(
        Texts.Select(text => (object?)System.Text.Encoding.UTF8.GetBytes(text)),
        Gen.Byte.Array[0, 12].Select(bytes => (object?)bytes),
        Gen.Byte.Array[0, 12].Select(bytes => (object?)new BinaryTableValue(bytes)),
        Gen.Bool.Select(value => (object?)value), Gen.SByte.Select(value => (object?)value), Gen.Byte.Select(value => (object?)value),
        Gen.Short.Select(value => (object?)value), Gen.UShort.Select(value => (object?)value), Gen.Int.Select(value => (object?)value),
        Gen.UInt.Select(value => (object?)value), Gen.Long.Select(value => (object?)value), Gen.Float.Select(value => (object?)value),
        Gen.Double.Select(value => (object?)value), Decimals.Select(value => (object?)value),
        Gen.Long.Select(value => (object?)new AmqpTimestamp(value)), Gen.Const((object?)null));

    public static readonly Gen<object?> Any = Gen.Recursive<object?>((depth, self) => depth > Deepest
        ? Leaves
        : Gen.OneOf(
            Leaves, self.Array[1, 4].Select(items => (object?)items.ToList()),
            Gen.Dictionary(Texts, self)[1, 4].Select(table => (object?)table)));

    public static readonly Gen<Dictionary<string, object?>> Tables = Gen.Dictionary(Texts, Any)[1, 6];

    /// <summary>The same type and the same value, down to the sign of a zero.</summary>
    public static bool AreSame(object? one, object? other) => (one, other) switch
    {
        (null, null) => true,
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (BinaryTableValue a, BinaryTableValue b) => a.Bytes.AsSpan().SequenceEqual(b.Bytes),
        (decimal a, decimal b) => decimal.GetBits(a).AsSpan().SequenceEqual(decimal.GetBits(b)),
        (double a, double b) =>
        BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || (double.IsNaN(a) && double.IsNaN(b)),
        (float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b)),
        (IDictionary<string, object?> a, IDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(member => b.TryGetValue(member.Key, out var value) && AreSame(member.Value, value)),
        (IList<object?> a, IList<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreSame(pair.First, pair.Second)),
        _ => one is not null && one.GetType() == other?.GetType() && one.Equals(other),
    };
}
