using DiditWorker.Contracts;
using DiditWorker.Operations.Broker;
using MassTransit;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>A MassTransit consumer as people write it, alone or with MassTransit's own retry and in-memory outbox.</summary>
internal static class MassTransitContender
{
    public static Task<IAsyncDisposable> StartAsync(ContenderSettings settings, bool withOutbox) =>
        RunningHost.StartAsync(settings, builder => builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<UsualConsumer>();
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(settings.RabbitMq));
                rabbit.ReceiveEndpoint(settings.Queue, endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.SetQueueArgument("x-delivery-limit", ParkingQueue.NoDeliveryLimit);
                    endpoint.ConfigureConsumeTopology = false;
                    endpoint.PrefetchCount = settings.Prefetch;
                    endpoint.ConcurrentMessageLimit = settings.Concurrency;
                    endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
                    if (withOutbox)
                    {
                        endpoint.UseMessageRetry(
                            retry => retry.Exponential(
                            5, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200)));
                        endpoint.UseInMemoryOutbox(context);
                    }

                    endpoint.ConfigureConsumer<UsualConsumer>(context);
                });
            });
        }));
}

/// <summary>GET, POST, SET, publish.</summary>
public sealed class UsualConsumer(UsualSteps steps) : IConsumer<StartVerification>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<StartVerification> context) =>
        await context.Publish(await steps.RunAsync(context.MessageId!.Value, context.Message), context.CancellationToken);
}
