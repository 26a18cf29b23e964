using DiditWorker.Idempotency;
using DiditWorker.Secrets;
using DiditWorker.Transport;

namespace DiditWorker.Hosting;

/// <summary>Reads and checks section <c>ConnectionStrings</c>.</summary>
internal static class ConnectionSettings
{
    private const string LocalRabbitMq = "amqp://guest:guest@localhost:5672/";
    private const string LocalRedis = "localhost:6379";

    public static (BrokerAddress? Address, SecretFile<BrokerAddress>? File) ReadRabbitMq(SettingsReader read)
    {
        var (address, file) = read.Secret<BrokerAddress>("ConnectionStrings:RabbitMq", Address, SettingsReader.MaskUser);
        return (address ?? file?.Current ?? Address(LocalRabbitMq, before: null), file);
    }

    public static (string? Text, SecretFile<string>? File) ReadRedis(SettingsReader read)
    {
        var (text, file) = read.Secret<string>("ConnectionStrings:Redis", Redis);
        return (text ?? file?.Current ?? LocalRedis, file);
    }

    // User, password and nodes are used when the worker connects the next time; what its bus is built on is not.
    private static BrokerAddress Address(string text, BrokerAddress? before)
    {
        if (!BrokerAddress.TryParse(text, out var address, out var problem))
        {
            throw new FormatException(problem);
        }

        return before is null || (address.VirtualHost == before.VirtualHost && address.Tls == before.Tls)
            ? address
            : throw new FormatException("names another virtual host or scheme; restart the worker to use it");
    }

    private static string Redis(string text, string? before)
    {
        try
        {
            if (RedisConnection.Options(text).EndPoints.Count == 0)
            {
                throw new FormatException("names no host");
            }
        }
        catch (ArgumentException exception)
        {
            // Its text may quote a part of the password, and is shown nowhere.
            throw new FormatException("is no StackExchange.Redis connection string", exception);
        }

        return before is null || RedisConnection.DifferOnlyInUser(text, before)
            ? text
            : throw new FormatException("names other hosts or options; while the worker runs only user and password are taken, restart it to use the others");
    }
}
