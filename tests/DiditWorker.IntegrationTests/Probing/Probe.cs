using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Probe;
using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Probing;

/// <summary>What a probe came to. Neither a broker nor a Redis is there.</summary>
internal sealed record Probed(CommandRun Run, ProbeReport Report)
{
    // What is null is not printed.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers = { type => type.Properties.ToList().ForEach(property => property.IsRequired = false) },
        },
    };

    public static Probed Of(CommandRun run) => new(run, JsonSerializer.Deserialize<ProbeReport>(run.Text, Json)!);

    public string? Verdict(string id) => Report.Find(id)?.Verdict;

    public override string ToString() => Run.ToString();
}

/// <summary>Runs <c>diditworker probe</c> in this process, on a simulator.</summary>
internal static class Probe
{
    public const string ApiKey = "the-key-of-the-probe-tests";
    public const string Workflow = "11111111-2222-4333-8444-555555555555";

    /// <summary>A Didit whose Date header does not depend on a timer of the web server.</summary>
    public static readonly SimulatorSettings Plain = new() { ApiKey = ApiKey, DateSkew = TimeSpan.Zero };

    public static readonly string[] AllIds =
    [
        FindingIds.HeaderRepeat, FindingIds.HeaderOtherBody, FindingIds.Reuse, FindingIds.ReuseMetadata, FindingIds.ReuseAfter,
            FindingIds.TwoWithOneKey,
        FindingIds.FiveWithOneKey, FindingIds.TwoForOnePerson, FindingIds.FiveForOnePerson, FindingIds.Kind, FindingIds.ListOwn,
        FindingIds.BusinessList, FindingIds.ListLag, FindingIds.ListMetadata,
        FindingIds.DecisionMetadata, FindingIds.RateHeaders, FindingIds.WrongKey, FindingIds.UnknownWorkflow, FindingIds.BadField,
        FindingIds.IdField,
        FindingIds.WithoutSlash, FindingIds.Clock,
    ];

    public static Task<CommandRun> RunAsync(this SimulatorServer didit, params string[] args) => RunAsync(didit.Address, args);

    /// <summary>An argument that sets what is set here already takes its place.</summary>
    public static Task<CommandRun> RunAsync(Uri address, params string[] args) => Operating.RunAsync(
    [
        "probe", "--ConnectionStrings:RabbitMq=amqp://guest:guest@127.0.0.1:1/", "--ConnectionStrings:Redis=127.0.0.1:1",
            $"--Didit:BaseAddress={address}",
        $"--Didit:ApiKey={ApiKey}", $"--Didit:WorkflowId={Workflow}", "--Didit:RequestsPerMinute=600000", .. args,
    ]);

    public static async Task<Probed> ProbedAsync(this SimulatorServer didit, params string[] args) =>
        Probed.Of(await didit.RunAsync(["--yes", "--json", .. args.Any(arg => arg == "--tries") ? [] : new[] { "--tries", "2" }, .. args]));
}
