using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Properties of a message, headers included, in AMQP's own form (0-9-1, section 4.2.6), as the client library writes and reads it.
/// </summary>
internal static class AmqpFrame
{
    /// <summary>Writes.</summary>
    /// <exception cref="FormatException">AMQP cannot hold a value; the text says which kind.</exception>
    public static byte[] Write(IReadOnlyBasicProperties properties)
    {
        try
        {
            IAmqpHeader header = properties as BasicProperties ?? new BasicProperties(properties);
            var frame = new byte[header.GetRequiredBufferSize()];
            return frame[..header.WriteTo(frame)];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Its own exceptions for values are of many types.
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>Reads.</summary>
    /// <exception cref="FormatException">They are no properties.</exception>
    public static BasicProperties Read(ReadOnlySpan<byte> frame)
    {
        try
        {
            return new(new ReadOnlyBasicProperties(frame));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new FormatException("the properties are not those of an AMQP message", exception);
        }
    }
}
