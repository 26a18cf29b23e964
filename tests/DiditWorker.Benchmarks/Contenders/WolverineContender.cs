using System.Security.Cryptography;
using DiditWorker.Contracts;
using RabbitMQ.Client;
using Wolverine;
using Wolverine.RabbitMQ;
using Wolverine.RabbitMQ.Internal;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>
/// Wolverine with the usual steps or those of raw: in parallel, acked after the handler, the answer sent inline with a publisher confirm.
/// </summary>
internal static class WolverineContender
{
    public static Task<IAsyncDisposable> StartAsync(ContenderSettings settings, Type handler) =>
        RunningHost.StartAsync(settings, builder => builder.UseWolverine(options =>
        {
            options.UseRuntimeCompilation();
            options.Discovery.DisableConventionalDiscovery().IncludeType(handler);
            options.UseRabbitMq(new Uri(settings.RabbitMq)).DisableSystemRequestReplyQueueDeclaration().ConfigureChannelCreation(channel =>
            {
                channel.PublisherConfirmationsEnabled = true;
                channel.PublisherConfirmationTrackingEnabled = true;
            });
            options.ListenToRabbitQueue(settings.Queue)
                .ExternallyOwned()
                .DisableDeadLetterQueueing()
                .DefaultIncomingMessage<StartVerification>()
                .ProcessInParallelWithNativeAcks()
                .PreFetchCount(settings.Prefetch)
                .MaximumParallelMessages(settings.Concurrency);
            options.PublishMessage<VerificationSessionCreated>().ToRabbitExchange(ContenderSettings.AnswerExchange)
                .UseInterop(new PersistentAnswers()).SendInline();
        }));
}

/// <summary>
/// Answers that a restart of the broker does not lose. Wolverine marks messages so only where they come from its durable outbox, which
/// wants a database.
/// </summary>
internal sealed class PersistentAnswers : IRabbitMqEnvelopeMapper
{
    public void MapEnvelopeToOutgoing(Envelope envelope, IBasicProperties outgoing)
    {
        outgoing.MessageId = envelope.Id.ToString();
        outgoing.Type = envelope.MessageType;
        outgoing.ContentType = envelope.ContentType;
        outgoing.DeliveryMode = DeliveryModes.Persistent;
    }

    public void MapIncomingToEnvelope(Envelope envelope, IReadOnlyBasicProperties incoming) =>
        throw new NotSupportedException("nothing is read from the exchange of the answers");
}

/// <summary>What it returns is published.</summary>
public static class UsualHandler
{
    /// <summary>By Wolverine's convention.</summary>
    public static Task<VerificationSessionCreated> Handle(StartVerification message, Envelope envelope, UsualSteps steps) =>
        steps.RunAsync(envelope.Id, message);
}

/// <summary>As safe as raw.</summary>
public static class ClaimingHandler
{
    /// <summary>By Wolverine's convention.</summary>
    public static Task<VerificationSessionCreated> Handle(StartVerification message, Envelope envelope, ClaimedSteps steps) =>
        steps.RunAsync(envelope.Id.ToString(), message, Convert.ToBase64String(SHA256.HashData(envelope.Data!)));
}
