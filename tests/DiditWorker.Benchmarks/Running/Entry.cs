using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Hosting;

namespace DiditWorker.Benchmarks.Running;

/// <summary>One row of a comparison: a contender, or the worker with something changed.</summary>
/// <param name="Label">For the tables.</param>
/// <param name="Name">One of <see cref="Contender.Names"/>.</param>
internal sealed record Entry(string Label, string Name)
{
    /// <summary>Set for its process, beyond what every contender is told.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The worker's program: this build's unless it is another one's, to measure a change before and after.</summary>
    public string Worker { get; init; } = typeof(WorkerServices).Assembly.Location;

    /// <summary>As it is.</summary>
    public static Entry Plain(string contender) => new(contender, contender);

    /// <summary>The worker with environment variables, as <c>NAME=VALUE[,NAME=VALUE…]</c>.</summary>
    public static Entry With(string variables) => new($"{Contender.Worker} with {variables}", Contender.Worker)
    {
        Environment = variables.Split(',').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.Ordinal),
    };

    /// <summary>The worker of another build, as <c>LABEL=PATH</c> to its <c>diditworker.dll</c>.</summary>
    public static Entry OtherBuild(string labelAndPath)
    {
        var parts = labelAndPath.Split('=', 2);
        return new($"{Contender.Worker} {parts[0]}", Contender.Worker) { Worker = Path.GetFullPath(parts[^1]) };
    }
}
