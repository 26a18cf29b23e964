using System.Diagnostics.Metrics;
using DiditWorker.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace DiditWorker.Tests.Didit;

/// <summary>Metrics that a test does not look at.</summary>
public static class NoMetrics
{
    public static WorkerMetrics Create() => new(Factory());

    public static IMeterFactory Factory() =>
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
}
