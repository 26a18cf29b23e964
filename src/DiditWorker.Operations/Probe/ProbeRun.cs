using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>All experiments, one after another; what was made is deleted, however it ends.</summary>
internal sealed class ProbeRun(ProbeClient client, DiditOptions didit, ProbeOptions options, TimeProvider time)
{
    // Within what the process is given after Ctrl+C.
    private static readonly TimeSpan CleanUpAfterInterrupt = TimeSpan.FromSeconds(25);

    private static readonly string[] Order =
    [
        FindingIds.HeaderRepeat, FindingIds.HeaderOtherBody, FindingIds.Reuse, FindingIds.ReuseMetadata, FindingIds.ReuseAfter,
        FindingIds.TwoWithOneKey, FindingIds.FiveWithOneKey, FindingIds.TwoForOnePerson, FindingIds.FiveForOnePerson,
        FindingIds.Kind, FindingIds.ListOwn, FindingIds.BusinessList,
        FindingIds.ListLag, FindingIds.ListMetadata, FindingIds.DecisionMetadata, FindingIds.RateHeaders,
        FindingIds.WrongKey, FindingIds.UnknownWorkflow, FindingIds.BadField, FindingIds.IdField, FindingIds.WithoutSlash, FindingIds.Clock,
    ];

    private readonly Prober _prober = new(client, options, time);
    private readonly List<Finding> _findings = [];

    /// <summary>What became of its sessions.</summary>
    public CleanedUp? CleanedUp { get; private set; }

    /// <summary>Whether Didit left every request without an answer.</summary>
    public bool IsUnreachable => client is { IsAnswered: false, Requests: > 0 };

    /// <summary>Runs; a stop or an interruption is in the report.</summary>
    public async Task<ProbeReport> RunAsync(Action<string> progress, CancellationToken cancellation)
    {
        string? stopped = null;
        try
        {
            await MeasureAsync(progress, cancellation);
        }
        catch (ProbeStoppedException exception)
        {
            stopped = exception.Message;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            stopped = "it was interrupted";
        }

        progress(options.Keep ? "Keeping the sessions" : "Deleting the sessions");
        using var end = cancellation.IsCancellationRequested ? new CancellationTokenSource(CleanUpAfterInterrupt, time) : new();
        CleanedUp = await new ProbeCleanUp(client, _prober).RunAsync(options.Keep, end.Token);
        _findings.AddRange([SeenOnTheWay.RateHeaders(_prober), SeenOnTheWay.IdField(_prober), SeenOnTheWay.Clock(_prober)]);
        return Report(stopped);
    }

    private async Task MeasureAsync(Action<string> progress, CancellationToken cancellation)
    {
        progress("An unfinished session, asked for again");
        var reuse = new ReuseExperiments(_prober);
        _findings.Add(await reuse.ReuseAsync(cancellation));
        progress("A key, used again");
        var header = new HeaderExperiments(_prober);
        _findings.Add(await header.RepeatAsync(reuse.Verdict, cancellation));
        _findings.Add(await header.OtherBodyAsync(cancellation));
        progress("Creates at the same moment");
        var concurrent = new ConcurrentExperiments(_prober);
        _findings.Add(await concurrent.WithOneKeyAsync(FindingIds.TwoWithOneKey, 2, cancellation));
        _findings.Add(await concurrent.WithOneKeyAsync(FindingIds.FiveWithOneKey, 5, cancellation));
        _findings.Add(await concurrent.ForOnePersonAsync(FindingIds.TwoForOnePerson, 2, cancellation));
        _findings.Add(await concurrent.ForOnePersonAsync(FindingIds.FiveForOnePerson, 5, cancellation));
        await LookAsync(reuse, progress, cancellation);
        progress("What is refused");
        var refusals = new RefusalExperiments(_prober, didit);
        _findings.Add(await refusals.WrongKeyAsync(cancellation));
        _findings.Add(await refusals.UnknownWorkflowAsync(cancellation));
        _findings.Add(await refusals.BadFieldAsync(cancellation));
        _findings.Add(await refusals.WithoutSlashAsync(cancellation));
    }

    private async Task LookAsync(ReuseExperiments reuse, Action<string> progress, CancellationToken cancellation)
    {
        progress("What the lists show");
        var sight = new SightExperiments(_prober);
        _findings.AddRange(await sight.RunAsync(cancellation));
        progress("The list and the decision");
        _findings.AddRange(await new ListExperiments(_prober, sight.List, sight.Patience, options.Tries).RunAsync(cancellation));
        _findings.Add(await reuse.MetadataAsync(sight.List, cancellation));
        progress("An unfinished session, asked for again at once");
        _findings.Add(await new SoonExperiments(_prober).RunAsync(cancellation));
    }

    private ProbeReport Report(string? stopped)
    {
        var findings = _findings.OrderBy(finding => Array.IndexOf(Order, finding.Id)).ToList();
        return new()
        {
            Version = ProbeReport.CurrentVersion,
            At = time.GetUtcNow(),
            Address = didit.BaseAddress.GetLeftPart(UriPartial.Authority),
            WorkflowId = options.WorkflowId,
            Requests = client.Requests,
            StoppedBecause = stopped,
            Findings = Consequences.AddTo(findings, didit),
            Recommendations = ProbeAdvice.From(findings, didit),
        };
    }
}
