using DiditWorker.Hosting;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Transport;

/// <summary>MassTransit's in-memory transport, for the demo and for tests: nothing survives the process.</summary>
public static class InMemoryTransport
{
    /// <summary>Adds the bus; <paramref name="configure"/> may add consumers of the answers.</summary>
    public static void AddInMemoryTransport(
        this IServiceCollection services,
        Action<IBusRegistrationConfigurator>? configure = null,
        Action<IBusRegistrationContext, IInMemoryBusFactoryConfigurator>? endpoints = null) =>
        services.AddMassTransit(bus =>
        {
            bus.AddConsumer<StartVerificationConsumer>();
            configure?.Invoke(bus);
            bus.UsingInMemory((context, memory) =>
            {
                var settings = context.GetRequiredService<WorkerSettings>();
                memory.ReceiveEndpoint(settings.StartVerification.Queue, endpoint => VerificationEndpoint.Configure(endpoint, context));
                endpoints?.Invoke(context, memory);
            });
        });
}
