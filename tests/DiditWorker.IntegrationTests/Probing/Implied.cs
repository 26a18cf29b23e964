using System.Globalization;
using DiditWorker.Operations.Probe;
using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Probing;

/// <summary>The verdicts that the simulator's switches imply.</summary>
internal static class Implied
{
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(30);

    public static Dictionary<string, string> By(SimulatorSettings didit, IReadOnlyList<LoggedRequest> log) => new(StringComparer.Ordinal)
    {
        [FindingIds.HeaderRepeat] = !Honours(didit) ? "ignored" : Conflicts(didit) ? "conflict" : "honoured",
        [FindingIds.HeaderOtherBody] = !Honours(didit) ? "created" : didit.OtherBody == RepeatReply.Conflict || Conflicts(didit)
            ? "conflict" : "original",
        [FindingIds.Reuse] = ReusedAtOnce(didit) ? "reused" : "created",
        [FindingIds.ReuseMetadata] = ReuseMetadata(didit),
        [FindingIds.ReuseAfter] = !didit.ReuseByVendorData || didit.UrlDelay > TimeSpan.FromSeconds(1.5) ? "never" : "measured",
        [FindingIds.TwoWithOneKey] = WithOneKey(didit, log, 2),
        [FindingIds.FiveWithOneKey] = WithOneKey(didit, log, 5),
        [FindingIds.TwoForOnePerson] = ForOnePerson(didit),
        [FindingIds.FiveForOnePerson] = ForOnePerson(didit),
        [FindingIds.Kind] = didit.BusinessWorkflows is null ? "user" : "business",
        [FindingIds.ListOwn] = Own(didit),
        [FindingIds.BusinessList] = didit.ListScope == ListScope.Refused || didit.BusinessListStatus is not null ? "refused" : "shown",
        [FindingIds.ListLag] = Own(didit) == "yes" ? "measured" : Finding.Inconclusive,
        [FindingIds.ListMetadata] = Own(didit) != "yes" ? Finding.Inconclusive : didit.ListReturnsMetadata ? "yes" : "no",
        [FindingIds.DecisionMetadata] = didit.DecisionReturnsMetadata ? "yes" : "no",
        [FindingIds.RateHeaders] = didit.RateHeaders && didit.RequestsPerMinute + didit.GetsPerMinute > 0 ? "some" : "none",
        [FindingIds.WrongKey] = didit.ApiKey is null ? Finding.Inconclusive : Text(didit.BadKeyStatus),
        [FindingIds.UnknownWorkflow] = didit.OnlyWorkflow is null ? "201" : Text(didit.UnknownWorkflowStatus),
        [FindingIds.BadField] = "400",
        [FindingIds.IdField] = didit.SessionIdField switch
        { SessionIdField.SessionId => "session_id", SessionIdField.Uuid => "uuid", _ => "both" },
        [FindingIds.WithoutSlash] = didit.WithoutSlash switch
        { WithoutSlash.Redirected => "redirected", WithoutSlash.Works => "works", _ => "refused" },
        [FindingIds.Clock] = "measured",
    };

    private static bool Honours(SimulatorSettings didit) => didit.Header == HeaderMode.Honoured && didit.HeaderWindow > TimeSpan.Zero;

    // A probe repeats four times.
    private static bool Conflicts(SimulatorSettings didit) => didit.RepeatReply == RepeatReply.Conflict || didit.ConflictCount >= 4;

    private static bool ReusedAtOnce(SimulatorSettings didit) => didit.ReuseByVendorData && didit.UrlDelay == TimeSpan.Zero;

    private static string Own(SimulatorSettings didit) =>
        didit.ListScope == ListScope.Refused || (didit.BusinessWorkflows is not null && didit.BusinessListStatus is not null) ? "refused"
        : didit.ListScope == ListScope.NothingOfItsOwn || didit.ListLag > Never ? "no" : "yes";

    private static string ReuseMetadata(SimulatorSettings didit) =>
        !ReusedAtOnce(didit) ? "not-reused"
        : !didit.DecisionReturnsMetadata && (!didit.ListReturnsMetadata || Own(didit) != "yes") ? Finding.Inconclusive
        : didit.OverwriteMetadata ? "overwritten" : "kept";

    private static string ForOnePerson(SimulatorSettings didit) => ReusedAtOnce(didit) && didit.ReuseConcurrent ? "one" : "several";

    // Whether a concurrent create under an honoured key meets the first one at work, and gets 409, is a matter of time: the log knows.
    private static string WithOneKey(SimulatorSettings didit, IReadOnlyList<LoggedRequest> log, int count)
    {
        if (!Honours(didit))
        {
            return ForOnePerson(didit);
        }

        var creates = log.Where(request => request is { Operation: DiditOperation.Create, IdempotencyKey: not null }).ToList();
        var together = creates.GroupBy(request => request.VendorData, StringComparer.Ordinal)
            .Where(person => person.Count() == count && person.Select(request => request.IdempotencyKey).Distinct().Count() == 1)
            .Where(person => creates.Count(request => request.IdempotencyKey == person.First().IdempotencyKey) == count);
        return together.SelectMany(person => person).Any(request => request.Status == 409) ? "conflict" : "one";
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
