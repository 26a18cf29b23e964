using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>
/// A short job inside this process: BenchmarkDotNet's own way, a project generated for each run, would stand under this repository's
/// central package versions and lock files.
/// </summary>
internal sealed class MicroConfig : ManualConfig
{
    public MicroConfig()
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(8).WithId("short"));
        AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams);
        HideColumns(Column.Job, Column.Toolchain, Column.WarmupCount, Column.IterationCount, Column.RatioSD);
    }
}
