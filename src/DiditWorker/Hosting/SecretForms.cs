using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Secrets;

namespace DiditWorker.Hosting;

/// <summary>
/// What a secret may be, wherever it stands. Each takes the text, and what was there before while the worker runs; a
/// <see cref="FormatException"/> says what is wrong, without quoting.
/// </summary>
internal static class SecretForms
{
    private const int ShortestToken = 16;

    /// <summary>What is said where the token of the status page is wrong or missing.</summary>
    public static readonly string TokenExpected =
        $"Status:Access = Token needs {ShortestToken} or more visible ASCII characters here, or in the file that Status:TokenFile names";

    /// <summary>Didit's key.</summary>
    public static Secret ApiKey(string text, Secret? before) => text switch
    {
        "" => throw new FormatException("holds no key (Didit console, API keys)"),
        _ when text.All(IsVisible) => text,
        _ => throw new FormatException("holds characters that cannot stand in an HTTP header"),
    };

    /// <summary>The token of the status page.</summary>
    public static Secret Token(string text, Secret? before) =>
        text.Length >= ShortestToken && text.All(IsVisible) ? text : throw new FormatException(TokenExpected);

    /// <summary>
    /// The broker. User, password and nodes are used when the worker connects the next time; what its bus is built on is not.
    /// </summary>
    public static BrokerAddress RabbitMq(string text, BrokerAddress? before)
    {
        if (!BrokerAddress.TryParse(text, out var address, out var problem))
        {
            throw new FormatException(problem);
        }

        return before is null || (address.VirtualHost == before.VirtualHost && address.Tls == before.Tls)
            ? address
            : throw new FormatException("names another virtual host or scheme; restart the worker to use it");
    }

    /// <summary>Redis, in StackExchange.Redis syntax.</summary>
    public static Secret Redis(string text, Secret? before)
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

        return before is null || RedisConnection.DifferOnlyInUser(text, before.Reveal())
            ? text
            : throw new FormatException(
                "names other hosts or options; while the worker runs only user and password are taken, restart it to use the others");
    }

    private static bool IsVisible(char c) => c is > ' ' and < '\x7f';
}
