using DiditWorker.Contracts;
using DiditWorker.Messaging;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Demo;

/// <summary>MassTransit's in-memory transport, for the demo and for tests: nothing survives the process.</summary>
public static class InMemoryTransport
{
    /// <summary>Adds the bus; <paramref name="configure"/> may add endpoints of the caller's own.</summary>
    public static void AddInMemoryTransport(
        this IServiceCollection services, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure = null) =>
        services.AddMassTransit(bus =>
    {
        VerificationEndpoint.Register(bus);
        bus.AddSingleton<IResponder, BusResponder>();
        bus.UsingInMemory((context, memory) =>
        {
            configure?.Invoke(context, memory);
            VerificationEndpoint.WriteCompactly(memory);
            memory.Message<ReceivedStartVerification>(topology => topology.SetEntityName(MessageUrn.ForTypeString<StartVerification>()));
            var options = context.GetRequiredService<StartVerificationOptions>();
            memory.ReceiveEndpoint(options.Queue, endpoint => VerificationEndpoint.Configure(endpoint, context));
        });
    });
}
