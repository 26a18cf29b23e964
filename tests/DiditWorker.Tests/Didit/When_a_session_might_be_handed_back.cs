using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// Didit hands back an unfinished session that has its URL and is of the latest version of its workflow, and no other: a create beside any
/// other makes a second session.
/// </summary>
public sealed class When_a_session_might_be_handed_back
{
    private const string Workflow = "11111111-2222-3333-4444-55555555555a";
    private const string Other = "99999999-2222-3333-4444-555555555555";
    private const string Url = "https://v/1";

    private static readonly DateTimeOffset NotBefore = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");
    private static readonly string Theirs = IdempotencyKey.Create("start-verification", "order-2").ToString();

    // Without a key, and made after our first attempt: it may be ours.
    [TestCase(Url, 3, Workflow, MatchKind.HandedBack, TestName = "It is, with its URL and of the newest version that is known")]
    [TestCase(null, 3, Workflow, MatchKind.NotReady, TestName = "It will be, once it has its URL")]
    [TestCase(Url, 2, Workflow, MatchKind.Several, TestName = "It is not, of an older version")]
    [TestCase(null, 2, Workflow, MatchKind.Several, TestName = "It is not, of an older version and without its URL")]
    [TestCase(Url, null, Workflow, MatchKind.Several, TestName = "It is not known to be, of a version that no reply tells")]
    [TestCase(null, null, Workflow, MatchKind.Several, TestName = "It is not known to be, without version and URL")]
    [TestCase(Url, 3, null, MatchKind.Several, TestName = "It is not known to be, of a workflow that no reply tells")]
    [TestCase(Url, 3, Other, MatchKind.None, TestName = "It does not count, of another workflow")]
    public void An_unfinished_one_without_a_key(string? url, long? version, string? workflow, MatchKind expected)
    {
        var one = Session("one") with { Url = url, Version = version, WorkflowId = workflow };

        Judge(one, Session("old", "Approved", Theirs)).Kind.ShouldBe(expected);
        Judge(one, Session("old", "Approved", Theirs))
            .Candidates.ShouldBe(expected is MatchKind.Several or MatchKind.NotReady ? [one] : []);
    }

    // It cannot be ours, so a create is our first one, whether it makes a session or not.
    [TestCase(Url, 3, MatchKind.HandedBack)]
    [TestCase(null, 3, MatchKind.None)]
    [TestCase(Url, 2, MatchKind.None)]
    [TestCase(Url, null, MatchKind.None)]
    public void One_of_another_message_or_from_before_does_not_stand_in_the_way(string? url, long? version, MatchKind expected)
    {
        var newest = Session("newest", "Approved", Theirs);
        var one = Session("one") with { Url = url, Version = version };

        Judge(one with { Key = Theirs }, newest).Kind.ShouldBe(expected);
        Judge(one with { CreatedAt = NotBefore.AddTicks(-1) }, newest).Kind.ShouldBe(expected);
    }

    // Which finished one is ours nobody can tell; a create that makes none does no harm.
    [TestCase(Url, 3, MatchKind.HandedBack)]
    [TestCase(null, 3, MatchKind.NotReady)]
    [TestCase(Url, 2, MatchKind.Several)]
    [TestCase(Url, null, MatchKind.Several)]
    public void Beside_a_finished_one_without_a_key_it_decides(string? url, long? version, MatchKind expected) =>
        Judge(Session("finished", "Approved"), Session("one", key: Theirs) with { Url = url, Version = version }).Kind.ShouldBe(expected);

    [TestCase(4, Workflow, MatchKind.Several)]
    [TestCase(4, Other, MatchKind.HandedBack)]
    [TestCase(4, null, MatchKind.HandedBack)]
    [TestCase(2, Workflow, MatchKind.HandedBack)]
    [TestCase(null, Workflow, MatchKind.HandedBack)]
    public void Any_row_of_the_workflow_tells_its_newest_version(long? version, string? workflow, MatchKind expected) =>
        Judge(
            Session("one"),
            Session("other", "Approved", Theirs) with { Version = version, WorkflowId = workflow, CreatedAt = NotBefore.AddDays(-9) })
                .Kind.ShouldBe(expected);

    // From the reply to another message, say.
    [TestCase(2, MatchKind.HandedBack)]
    [TestCase(3, MatchKind.HandedBack)]
    [TestCase(4, MatchKind.Several)]
    public void So_may_what_is_known_from_elsewhere(long known, MatchKind expected) => SessionMatch.Among(
        [Session("one")], Key, Workflow, NotBefore, SessionMatch.NoneExcluded, known).Kind.ShouldBe(expected);

    [Test]
    public void An_excluded_one_is_passed_over_also_with_our_key()
    {
        var (ours, mine) = (Session("A", "Approved", Key.ToString()), Session("b", "Approved", Key.ToString()));

        Judge(["a"], ours).Kind.ShouldBe(MatchKind.None);
        Judge(["a"], ours, mine).ShouldSatisfyAllConditions(
            match => match.Kind.ShouldBe(MatchKind.Adopt), match => match.Candidates.ShouldBe([mine]));
        Judge(["a", "b"], Session("a"), Session("b", "Approved")).Kind.ShouldBe(MatchKind.None);
        Judge(["a"], Session("a", "Approved"), Session("b", "Approved")).Candidates.Select(c => c.Id).ShouldBe(["b"]);
    }

    [Test]
    public void An_excluded_one_tells_the_newest_version_all_the_same() =>
        Judge(["new"], Session("one"), Session("new", "Approved") with { Version = 4 }).Kind.ShouldBe(MatchKind.Several);

    [Test]
    public void One_without_an_id_cannot_be_excluded() => Judge([""], Session("", "Approved")).Kind.ShouldBe(MatchKind.Several);

    // Whatever stands beside it: a create follows only if nothing found can be ours, or if it makes no session.
    [Test]
    public void A_create_never_follows_where_it_could_make_a_second_session() => Sessions.Array[0, 5].Sample(
        found =>
        {
            var kind = Judge(found).Kind;
            var newest = found.Where(s => s.WorkflowId == Workflow).Max(s => s.Version);
            var handedBack =
                found.Any(s => s is { IsUnfinished: true, Url: not null, Version: not null, WorkflowId: Workflow } && s.Version == newest);
            var mayBeOurs = found.Any(s => s.Key != Theirs && s.WorkflowId != Other && !(s.CreatedAt < NotBefore));
            return kind is not (MatchKind.None or MatchKind.HandedBack) || handedBack || !mayBeOurs;
        },
        iter: 20_000);

    private static Gen<FoundSession> Sessions => Gen.Select(
        Gen.OneOf<string?>("Not Started", "Resubmitted", "Approved", null), Gen.OneOf<string?>(null, null, Theirs),
        Gen.OneOf<string?>(Workflow, Workflow, null, Other),
        Gen.OneOf<long?>(null, 2, 3), Gen.OneOf<string?>(Url, null), Gen.OneOf<int?>(null, -1, 0, 1),
        (status, key, workflow, version, url, seconds) => Session("s", status, key) with
        {
            WorkflowId = workflow,
            Version = version,
            Url = url,
            CreatedAt = seconds is { } s ? NotBefore.AddSeconds(s) : null,
        });

    private static SessionMatch Judge(params FoundSession[] found) => Judge([], found);

    private static SessionMatch Judge(string[] excluded, params FoundSession[] found) => SessionMatch.Among(
        found, Key, Workflow, NotBefore, new HashSet<string>(excluded, StringComparer.OrdinalIgnoreCase));

    private static FoundSession Session(string id, string? status = "Not Started", string? key = null) =>
        new()
        {
            Id = id,
            Number = 1,
            Url = Url,
            Status = status,
            WorkflowId = Workflow,
            CreatedAt = NotBefore.AddMinutes(1),
            MetadataKnown = true,
            Key = key,
            Version = 3,
        };
}
