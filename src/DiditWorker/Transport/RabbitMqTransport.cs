using DiditWorker.Contracts;
using DiditWorker.Hosting;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Transport;

/// <summary>RabbitMQ: quorum queues, publisher confirms, and an error queue that keeps what is put into it.</summary>
public static class RabbitMqTransport
{
    // From RabbitMQ 4.0 a quorum queue drops a message after 20 deliveries unless told otherwise (RabbitMQ docs, "Quorum Queues", poison
    // message handling). A message that is held during a long outage, or a dead letter that people look at, must not be dropped. -1 says
    // "no limit" from 4.0 on, but 3.x refuses it; a number that is never reached works on both.
    internal const int NoDeliveryLimit = 1_000_000_000;

    /// <summary>Adds the bus; <paramref name="configure"/> may add endpoints of the caller's own.</summary>
    public static void AddRabbitMqTransport(
        this IServiceCollection services, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure = null) => services.AddMassTransit(bus =>
    {
        VerificationEndpoint.Register(bus);
        bus.UsingRabbitMq((context, rabbit) =>
        {
            configure?.Invoke(context, rabbit);
            var settings = context.GetRequiredService<WorkerSettings>();
            Connect(rabbit, settings.RabbitMq);
            KeepWhatIsParked(rabbit);
            ExpectTopology(rabbit, settings.StartVerification.Topology);
            rabbit.Message<ReceivedStartVerification>(topology => topology.SetEntityName("DiditWorker.Contracts:StartVerification"));
            rabbit.ReceiveEndpoint(settings.StartVerification.Queue, endpoint =>
            {
                if (settings.StartVerification.Topology == Topology.Expect)
                {
                    endpoint.ConfigureChannel(channel => channel.UseFilter(new ExpectedTopologyFilter()));
                }

                endpoint.SetQuorumQueue();
                endpoint.SetQueueArgument("x-delivery-limit", NoDeliveryLimit);
                VerificationEndpoint.Configure(endpoint, context);
            });
        });
    });

    private static void Connect(IRabbitMqBusFactoryConfigurator rabbit, BrokerAddress address)
    {
        var (host, port) = address.Hosts[0];
        rabbit.Host(host, (ushort)port, address.VirtualHost, "diditworker", connection =>
        {
            connection.Username(address.User);
            connection.Password(address.Password);
            connection.PublisherConfirmation = true;
            if (address.Tls)
            {
                connection.UseSsl(tls => tls.ServerName = host);
            }

            if (address.Hosts.Count > 1)
            {
                connection.UseCluster(cluster =>
                {
                    foreach (var (node, nodePort) in address.Hosts)
                    {
                        cluster.Node($"{node}:{nodePort}");
                    }
                });
            }
        });
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
                ["x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-overflow", "x-dead-letter-exchange", "x-dead-letter-routing-key"])
            {
                queue.SetQueueArgument(argument, null!);
            }
        }
    }
}
