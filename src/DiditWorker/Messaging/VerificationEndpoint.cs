using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace DiditWorker.Messaging;

/// <summary>The receive endpoint, the same on every transport.</summary>
internal static class VerificationEndpoint
{
    /// <summary>The consumer.</summary>
    public static void Register(IBusRegistrationConfigurator bus)
    {
        // MassTransit would tell its makers what is used.
        bus.DisableUsageTelemetry();
        BusLog.Register(bus);
        bus.AddSingleton<StartVerificationConsumer>();
    }

    /// <summary>Answers without the line breaks and blanks of MassTransit's default.</summary>
    public static void WriteCompactly(IBusFactoryConfigurator bus) =>
        bus.ConfigureJsonSerializerOptions(options => options.WriteIndented ? new(options) { WriteIndented = false } : options);

    /// <summary>
    /// As many as set, as long as their bodies take no more than an eighth of the memory; what is read of them takes a multiple. No more
    /// than are worked on at a time: an urgent one would wait behind those that are merely there.
    /// </summary>
    internal static int Prefetch(StartVerificationOptions options, long memory) =>
        (int)Math.Clamp(
            memory / 8 / options.MaximumBodySize, 1, Math.Min(options.PrefetchCount, options.ConcurrentMessageLimit));

    /// <summary>Limits, deserializers, the error pipeline and the consumer.</summary>
    public static void Configure(IReceiveEndpointConfigurator endpoint, IBusRegistrationContext context)
    {
        var options = context.GetRequiredService<StartVerificationOptions>();
        var scope = context.GetRequiredService<IdempotencyOptions>().Scope;
        var counts = context.GetRequiredService<DeadLetterCounts>();
        endpoint.PrefetchCount = Prefetch(options, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        endpoint.ConcurrentMessageLimit = options.ConcurrentMessageLimit;

        // The default also takes what has another content type or none; the deserializer says which ones are read.
        endpoint.AddDeserializer(
            new CheckedDeserializerFactory(SystemTextJsonRawMessageSerializer.JsonContentType, options.MaximumBodySize));
        endpoint.AddDeserializer(
            new CheckedDeserializerFactory(SystemTextJsonMessageSerializer.JsonContentType, options.MaximumBodySize), isDefault: true);

        // In the place of MassTransit's Fault<T>, which would copy the message body to an exchange: VerificationSessionRejected.
        endpoint.PublishFaults = false;
        endpoint.ConfigureError(pipe =>
        {
            pipe.UseFilter(ActivatorUtilities.CreateInstance<RejectionFilter>(context));
            pipe.UseFilter(new ErrorTransportFilter());
        });
        endpoint.ConfigureDeadLetter(pipe =>
        {
            pipe.UseExecute(skipped => skipped.MakeRoom());
            pipe.UseFilter(new DeadLetterTransportFilter());
            pipe.UseExecuteAsync(skipped => counts.ParkedAsync(
                options.SkippedQueue, DeadLetterGroups.Skipped, Delivery.Read(skipped.Facts(consume: null), scope)?.PublishedAt));
        });

        // It keeps nothing of a message, so one is enough: a scope of services for each would cost time and nothing else.
        endpoint.Instance(context.GetRequiredService<StartVerificationConsumer>());
    }
}
