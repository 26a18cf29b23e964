using System.Net.Sockets;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Turns the exceptions of the client library into <see cref="BrokerException"/>: some of them are an <see cref="IOException"/> or a
/// <see cref="TimeoutException"/>, which files and Redis throw, too.
/// </summary>
internal static class BrokerFaults
{
    /// <summary>Calls the client library.</summary>
    /// <exception cref="BrokerException">The broker did not do it.</exception>
    public static async Task<T> ToldAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (FailureOf(exception) is { } failure)
        {
            throw new BrokerException(failure, WordsOf(exception), exception);
        }
    }

    /// <inheritdoc cref="ToldAsync{T}"/>
    public static Task ToldAsync(Func<Task> call) => ToldAsync(async () =>
    {
        await call();
        return true;
    });

    // Null: it is none of the client library's.
    private static BrokerFailure? FailureOf(Exception exception) => exception switch
    {
        // Before what it derives from: it tells of a login, and of a virtual host that is not there, both while it connects.
        BrokerUnreachableException { InnerException: { } inner } when IsLogin(inner) => BrokerFailure.LoginRefused,
        BrokerUnreachableException { InnerException: OperationInterruptedException inner } => FailureOf(inner),
        BrokerUnreachableException => BrokerFailure.Unreachable,
        PublishException { IsReturn: true } => BrokerFailure.NoQueue,
        PublishException => BrokerFailure.MessageRefused,
        OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused } => BrokerFailure.RightRefused,
        OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotAllowed } => BrokerFailure.VirtualHostRefused,
        RabbitMQClientException or IOException or SocketException or TimeoutException or ChannelClosedException => BrokerFailure.Closed,
        _ => null,
    };

    // The server's own where it said any.
    private static string WordsOf(Exception exception) => exception switch
    {
        OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText,
        { InnerException: { } inner } => WordsOf(inner),
        _ => exception.Message,
    };

    private static bool IsLogin(Exception exception) => exception is AuthenticationFailureException
        || (exception is AggregateException several && several.InnerExceptions.Any(IsLogin));
}
