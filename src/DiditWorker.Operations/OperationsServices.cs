using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Keys;
using DiditWorker.Operations.Reconcile;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Send;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations;

/// <summary>What the operator's commands need beside the worker's own services.</summary>
internal static class OperationsServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, Output output) => services
        .AddSingleton(output).AddSingleton<AuditLog>()
        .AddSingleton(provider => new SlowCalls(
            provider.GetRequiredService<TimeProvider>(), server => output.WriteNote($"Waiting for {server} …")))
        .AddSingleton<RedisWatch>().AddSingleton<ConnectToBroker>(provider => cancellation => RabbitMqBroker.ConnectAsync(
            provider.GetRequiredService<BrokerAccess>(), provider.GetRequiredService<SlowCalls>(),
            provider.GetRequiredService<TimeProvider>(), cancellation))
        .AddSingleton<DeadLetterReader>().AddSingleton<DeadLetterQueues>().AddSingleton<Predictor>().AddSingleton<Planner>()
        .AddSingleton<ReplayEdit>().AddSingleton<KeyFinder>().AddSingleton<KeyAdoption>().AddSingleton<RequestSender>()
        .AddSingleton<AnsweredRecords>().AddSingleton<ListedSessions>().AddSingleton<RecordsBegin>().AddSingleton<SessionVerdicts>()
        .AddSingleton<Reconciliation>().AddSingleton<SurplusDeletion>();
}
