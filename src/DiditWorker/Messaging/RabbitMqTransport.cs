using DiditWorker.Contracts;
using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Messaging;

/// <summary>RabbitMQ: quorum queues, publisher confirms, and an error queue that keeps what is put into it.</summary>
public static class RabbitMqTransport
{
    // A policy may set a lower limit, and the lower one counts; before 4.3 a message that is merely held reaches it after that many holds.
    // Then the broker moves it to the error queue, and keeps it until that has taken it (RabbitMQ docs, "Quorum Queues", dead-lettering).
    private static Dictionary<string, string> DeadLettering(string errorQueue) => new(StringComparer.Ordinal)
    {
        ["x-dead-letter-exchange"] = errorQueue,
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-overflow"] = "reject-publish",
    };

    /// <summary>Adds the bus; <paramref name="configure"/> may add endpoints of the caller's own.</summary>
    public static void AddRabbitMqTransport(
        this IServiceCollection services, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure = null) =>
        services.AddMassTransit(bus =>
    {
        VerificationEndpoint.Register(bus);
        bus.AddSingleton<SideChannels>();
        bus.AddSingleton<SetApart>();
        bus.AddSingleton<IResponder, RabbitMqResponder>();
        bus.UsingRabbitMq((context, rabbit) =>
        {
            configure?.Invoke(context, rabbit);
            var options = context.GetRequiredService<StartVerificationOptions>();
            Connect(rabbit, context.GetRequiredService<BrokerAccess>(), context.GetRequiredService<SetApart>());
            KeepWhatIsParked(rabbit);
            ExpectTopology(rabbit, options.Topology);
            var topology = new TopologyFilter(options, context.GetRequiredService<BrokerFindings>());
            VerificationEndpoint.WriteCompactly(rabbit);
            rabbit.Message<ReceivedStartVerification>(topology => topology.SetEntityName(Inbox.Exchange));
            rabbit.ReceiveEndpoint(options.Queue, endpoint =>
            {
                endpoint.ConfigureChannel(channel => channel.UseFilter(topology));
                endpoint.SetQuorumQueue();
                endpoint.SetQueueArgument("x-delivery-limit", ParkingQueue.NoDeliveryLimit);
                foreach (var (name, value) in DeadLettering(options.ErrorQueue))
                {
                    endpoint.SetQueueArgument(name, value);
                }

                VerificationEndpoint.Configure(endpoint, context);
            });
        });
    });

    /// <summary>Makes the bus.</summary>
    /// <returns>What keeps it from being made, such as a missing licence of MassTransit 9; null if nothing does.</returns>
    public static string? Problem(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IBusControl>();
            return null;
        }
        catch (ConfigurationException exception)
        {
            return exception.Message;
        }
    }

    private static void Connect(IRabbitMqBusFactoryConfigurator rabbit, BrokerAccess access, SetApart setApart)
    {
        var (host, port) = access.Address.Hosts[0];
        rabbit.Host(host, (ushort)port, access.Address.VirtualHost, "diditworker", connection =>
        {
            connection.PublisherConfirmation = true;

            // Called before each attempt to connect. MassTransit's own settings for users, nodes and TLS stay unused: they are those of the
            // start, its list of nodes expects the name of the first node in the certificate of each, and by default it accepts a
            // certificate of any authority.
            connection.OnRefreshConnectionFactory = async factory =>
            {
                await RequireLoginAsync(access);
                BrokerConnection.Configure(factory, access, setApart.TakeAsync);
            };
        });
    }

    // MassTransit gives an endpoint up for good when its login is refused, as it is between the change of a password and that of the file.
    // So it is tried beforehand, by a connection of its own, and a refusal told as something that passes, without the exception that
    // MassTransit looks for.
    private static async Task RequireLoginAsync(BrokerAccess access)
    {
        var problem = access.Certificates.LoginProblem = await IsLoginRefusedAsync(access)
            ? $"{access.Address} refuses the user or the password; correct those in ConnectionStrings:RabbitMq or its file, or at the "
                + "broker"
            : null;
        if (problem is not null)
        {
            throw new ConnectionException(problem, isTransient: true);
        }
    }

    private static async Task<bool> IsLoginRefusedAsync(BrokerAccess access)
    {
        try
        {
            await using var connection = await BrokerConnection.OpenAsync(access, "diditworker login", default);
            return false;
        }
        catch (BrokerUnreachableException exception)
        {
            // Of anything else MassTransit's own attempt tells.
            return exception.InnerException is AuthenticationFailureException;
        }
    }

    private static void ExpectTopology(IRabbitMqBusFactoryConfigurator rabbit, Topology topology)
    {
        if (topology == Topology.Expect)
        {
            rabbit.Publish<VerificationSessionCreated>(answer => answer.Exclude = true);
            rabbit.Publish<VerificationSessionRejected>(answer => answer.Exclude = true);
        }
    }

    // MassTransit gives the error and skipped queues every argument of the input queue, limits and TTL that an operator may have set there
    // included; what is parked must stay.
    private static void KeepWhatIsParked(IRabbitMqBusFactoryConfigurator rabbit)
    {
        rabbit.SendTopology.ConfigureErrorSettings = Clean;
        rabbit.SendTopology.ConfigureDeadLetterSettings = Clean;

        static void Clean(IRabbitMqQueueBindingConfigurator queue)
        {
            foreach (var argument in (ReadOnlySpan<string>)
                [
                    "x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-overflow",
                    "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-dead-letter-strategy",
                ])
            {
                queue.SetQueueArgument(argument, null!);
            }
        }
    }
}
