using System.Security.Cryptography;
using DiditWorker.Contracts;
using Wolverine;
using Wolverine.RabbitMQ;

namespace DiditWorker.Benchmarks.Contenders;

/// <summary>Wolverine with the usual steps or those of raw: in parallel, acked after the handler, the answer sent inline with a publisher confirm.</summary>
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
            options.PublishMessage<VerificationSessionCreated>().ToRabbitExchange(ContenderSettings.AnswerExchange).SendInline();
        }));
}

/// <summary>What it returns is published.</summary>
public static class UsualHandler
{
    /// <summary>By Wolverine's convention.</summary>
    public static Task<VerificationSessionCreated> Handle(StartVerification message, Envelope envelope, UsualSteps steps) => steps.RunAsync(envelope.Id, message);
}

/// <summary>As safe as raw.</summary>
public static class ClaimingHandler
{
    /// <summary>By Wolverine's convention.</summary>
    public static Task<VerificationSessionCreated> Handle(StartVerification message, Envelope envelope, ClaimedSteps steps) =>
        steps.RunAsync(envelope.Id.ToString(), message, Convert.ToBase64String(SHA256.HashData(envelope.Data!)));
}
