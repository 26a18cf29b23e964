using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Secrets;
using Microsoft.Extensions.Options;

namespace DiditWorker.Operations.Terminal;

/// <summary>What kept a command from its work, in one text for the operator: what happened, where, and what to do.</summary>
/// <param name="services">The command's: they know which server was asked, as whom.</param>
internal sealed class CommandFailure(IServiceProvider services)
{
    /// <summary>The end of the command; null: nobody has foreseen this failure.</summary>
    public CommandException? Of(Exception exception, CancellationToken cancellation) => exception switch
    {
        CommandException known => known,
        OptionsValidationException wrong => OfSettings(new InvalidConfigurationException([.. wrong.Failures])),
        InvalidConfigurationException wrong => OfSettings(wrong),
        BrokerException refused => OfBroker(refused),

        // The text names the file: "No space left on device : '/path/of/the/file'".
        IOException or UnauthorizedAccessException => new(
            ExitCodes.SomeFailed, $"A file cannot be read or written ({Words.Of(exception)}). Check its disk and its rights."),
        OperationCanceledException when cancellation.IsCancellationRequested => new(
            ExitCodes.SomeFailed, "Stopped. What was not done is where it was; the same command goes on from there."),
        _ when RedisConnection.IsUnavailable(exception) => OfRedis(exception),
        _ => null,
    };

    private static CommandException OfSettings(InvalidConfigurationException wrong) => new(ExitCodes.WrongConfiguration, wrong.Message);

    private CommandException OfBroker(BrokerException exception)
    {
        var address = services.GetRequiredService<BrokerAccess>().Address;
        var (server, words) = ($"RabbitMQ at {address}", Words.Of(exception));
        return exception.Failure switch
        {
            BrokerFailure.MessageRefused or BrokerFailure.NoQueue => new(
                ExitCodes.SomeFailed, $"The broker did not take a message ({words})."),
            BrokerFailure.LoginRefused => new(
                ExitCodes.NoRight,
                $"{server} refuses user '{address.User}' ({words}). Check user and password in ConnectionStrings:RabbitMq."),
            BrokerFailure.VirtualHostRefused => new(
                ExitCodes.NoRight,
                $"{server} does not let user '{address.User}' into virtual host '{address.VirtualHost}' ({words}). "
                    + "Check the end of ConnectionStrings:RabbitMq, and rabbitmqctl list_vhosts and list_permissions."),
            BrokerFailure.RightRefused => new(
                ExitCodes.NoRight,
                $"{server} refuses it to user '{address.User}' ({words}). What to do: "
                    + (RefusedRight.ActionFor(words) ?? "see deploy/rabbitmq/README.md for the rights that each command needs") + "."),
            BrokerFailure.Unreachable => new(
                ExitCodes.Unreachable,
                $"{server} cannot be reached ({words}). {Trouble(secrets => secrets.RabbitMqCertificates)}"
                    + "Check that it runs there, and ConnectionStrings:RabbitMq."),
            _ => new(
                ExitCodes.Unreachable,
                $"{server} has closed the connection, or it broke ({words}). What was not done is where it was. "
                    + "Check that it runs there, and ConnectionStrings:RabbitMq."),
        };
    }

    private CommandException OfRedis(Exception exception)
    {
        var server = $"Redis at {services.GetRequiredService<RedisConnection>().Place}";
        return RedisRefusal.Of(exception) is { } refusal
            ? new(
                refusal.IsOfRights ? ExitCodes.NoRight : ExitCodes.Unreachable,
                $"{server} refuses it ({Words.WithoutStop(refusal.Words)}). What to do: {refusal.Action}.")
            : new(
                ExitCodes.Unreachable,
                $"{server} does not answer ({exception.GetType().Name}). {Trouble(secrets => secrets.RedisCertificates)}"
                    + "Check that it runs there, and ConnectionStrings:Redis.");
    }

    private string Trouble(Func<WorkerSecrets, PeerCertificates> of) =>
        string.Concat(of(services.GetRequiredService<WorkerSecrets>()).Problems.Select(problem => problem + ". "));
}
