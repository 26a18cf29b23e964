using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_look_up_is_judged
{
    private const string Workflow = "11111111-2222-3333-4444-55555555555a";
    private const string Ours = "b2d1c381-5832-56a2-9bf3-b533fd568454";
    private const string Theirs = "9b010311-4ba7-5932-b0f7-35e2f9a98ac7";

    private static readonly DateTimeOffset NotBefore = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Unfinished = ["Not Started", "In Progress", "Resubmitted", "Awaiting User"];
    private static readonly string[] Finished = ["Approved", "Declined", "In Review", "Expired", "Abandoned", "Kyc Expired"];

    [Test]
    public void Nothing_found_is_no_candidate() => Judge().Kind.ShouldBe(MatchKind.None);

    [TestCase(Ours)]
    [TestCase("B2D1C381-5832-56A2-9BF3-B533FD568454")]
    public void The_one_with_our_key_is_adopted(string key)
    {
        var ours = Session("ours", "Approved", key);

        var match = Judge(Session("new", "Not Started"), Session("old", "Declined"), Session("theirs", "Approved", Theirs), ours);

        match.Kind.ShouldBe(MatchKind.Adopt);
        match.Candidates.ShouldHaveSingleItem().ShouldBe(ours);
    }

    [TestCaseSource(nameof(Unfinished))]
    [TestCaseSource(nameof(Finished))]
    [TestCase(null)]
    [TestCase("Something New")]
    public void Ours_is_adopted_in_any_status(string? status) => Judge(Session("ours", status, Ours)).Kind.ShouldBe(MatchKind.Adopt);

    [Test]
    public void Several_with_our_key_are_for_a_person()
    {
        var match = Judge(Session("a", "Approved", Ours), Session("b", "Not Started", Ours), Session("c", "Approved"));

        match.Kind.ShouldBe(MatchKind.Several);
        match.Candidates.Select(c => c.Id).ShouldBe(["a", "b"]);
    }

    [TestCaseSource(nameof(Unfinished))]
    public void An_unfinished_one_is_handed_back_by_the_next_create(string status)
    {
        Judge(Session("a", status)).Kind.ShouldBe(MatchKind.HandedBack);
        Judge(Session("a", status, Theirs), Session("b", "Approved")).Kind.ShouldBe(MatchKind.HandedBack);
        Judge(Session("a", status) with { CreatedAt = NotBefore.AddDays(-3) }).Kind.ShouldBe(MatchKind.HandedBack);
        Judge(Session("a", status) with { CreatedAt = NotBefore.AddDays(-3) }, Session("b", "Approved"))
            .Kind.ShouldBe(MatchKind.HandedBack);
    }

    [TestCaseSource(nameof(Finished))]
    [TestCase(null)]
    [TestCase("Something New")]
    [TestCase("not started")]
    public void A_finished_one_without_a_key_is_for_a_person(string? status)
    {
        var match = Judge(Session("a", status), Session("theirs", "Approved", Theirs));

        match.Kind.ShouldBe(MatchKind.Several);
        match.Candidates.Select(c => c.Id).ShouldBe(["a"]);
    }

    [TestCaseSource(nameof(Finished))]
    public void A_finished_one_with_another_key_is_no_candidate(string status) =>
        Judge(Session("a", status, Theirs)).Kind.ShouldBe(MatchKind.None);

    [TestCase("Approved")]
    [TestCase("Not Started")]
    public void One_of_another_workflow_is_no_candidate(string status) =>
        Judge(Session("a", status) with { WorkflowId = "99999999-2222-3333-4444-555555555555" }).Kind.ShouldBe(MatchKind.None);

    [Test]
    public void One_of_an_unknown_workflow_or_of_ours_in_other_case_is_a_candidate()
    {
        Judge(Session("a", "Approved") with { WorkflowId = null }).Kind.ShouldBe(MatchKind.Several);
        Judge(Session("a", "Approved") with { WorkflowId = Workflow.ToUpperInvariant() }).Kind.ShouldBe(MatchKind.Several);
    }

    [TestCase(-1, MatchKind.None)]
    [TestCase(0, MatchKind.Several)]
    [TestCase(1, MatchKind.Several)]
    public void One_from_before_our_first_attempt_is_no_candidate(int seconds, MatchKind kind) =>
        Judge(Session("a", "Approved") with { CreatedAt = NotBefore.AddSeconds(seconds) }).Kind.ShouldBe(kind);

    [Test]
    public void What_is_not_known_to_be_earlier_could_be_ours()
    {
        Judge(Session("a", "Approved") with { CreatedAt = null }).Kind.ShouldBe(MatchKind.Several);
        SessionMatch.Among(
            [Session("a", "Approved") with { CreatedAt = DateTimeOffset.MinValue }], Key, Workflow, notBefore: null,
            SessionMatch.NoneExcluded).Kind
            .ShouldBe(MatchKind.Several);
    }

    // It could be ours: a create must not follow.
    [Test]
    public void One_that_cannot_be_read_is_for_a_person()
    {
        var nothing = new FoundSession { Id = "", MetadataKnown = false };

        Judge(nothing).Kind.ShouldBe(MatchKind.Several);
        Judge(Session("theirs", "Approved", Theirs), nothing).Candidates.ShouldBe([nothing]);
        Judge(Session("", "Approved", Ours)).Kind.ShouldBe(MatchKind.Several);
        Judge(Session("a", "Approved", Ours), nothing).Kind.ShouldBe(MatchKind.Adopt);
    }

    // Whoever lists the sessions asks Didit for more of a candidate; of the others it need not.
    [TestCase("Approved", Workflow, 0, true)]
    [TestCase("Approved", Workflow, -1, false)]
    [TestCase("Approved", null, 0, true)]
    [TestCase("Approved", "other", 0, false)]
    [TestCase("Not Started", Workflow, -1, true)]
    [TestCase("Not Started", null, -1, true)]
    [TestCase("Not Started", "other", -1, false)]
    public void More_is_asked_of_one_that_could_be_ours_or_be_handed_back(string status, string? workflow, int seconds, bool asked)
    {
        var found = Session("a", status) with { WorkflowId = workflow, CreatedAt = NotBefore.AddSeconds(seconds) };

        SessionMatch.IsCandidate(found, Workflow, NotBefore).ShouldBe(asked);
    }

    // They become a header, whose room is limited.
    [Test]
    public void Twenty_are_named_and_the_others_counted()
    {
        var twenty = Enumerable.Range(10, 20).Select(i => Session($"{i}", "Approved")).ToList();

        Judge([.. twenty]).Names().ShouldEndWith(", 29 (Approved)");
        Judge([.. twenty, Session("30", "Approved"), Session("31", "Approved")]).Names().ShouldEndWith(", 29 (Approved) and 2 more");
        Judge(Session(new('x', 65), "Approved")).Names().ShouldBe(new string('x', 64) + "… (Approved)");
    }

    [Test]
    public void Several_are_too_many_for_sure_only_if_they_carry_our_key()
    {
        Judge(Session("a", "Approved", Ours), Session("b", "Approved", Ours)).AreDuplicates(Key).ShouldBeTrue();
        Judge(Session("a", "Approved"), Session("b", "Approved")).AreDuplicates(Key).ShouldBeFalse();
        Judge(Session("", "Approved", Ours)).AreDuplicates(Key).ShouldBeFalse();
        Judge(Session("a", "Approved", Ours)).AreDuplicates(Key).ShouldBeFalse();
    }

    [Test]
    public void What_the_list_does_not_say_is_filled_in_for_the_answer()
    {
        var found = Session("a", status: null) with { WorkflowId = null, CreatedAt = null };
        var known = Session("a", "Approved") with { WorkflowId = "theirs" };

        found.ToSession(Workflow, NotBefore).ShouldBe(new DiditSession
        {
            Id = "a",
            Number = 1,
            Url = "https://v/a",
            Status = "Not Started",
            WorkflowId = Workflow,
            CreatedAt = NotBefore,
        });
        known.ToSession(Workflow, NotBefore).ShouldBe(
            new DiditSession
            {
                Id = "a",
                Number = 1,
                Url = "https://v/a",
                Status = "Approved",
                WorkflowId = "theirs",
                CreatedAt = NotBefore.AddMinutes(1),
            });
        (known with { Url = null }).ToSession(Workflow, NotBefore).ShouldBeNull();
    }

    [Test]
    public void The_order_of_the_list_never_matters() => Gen.Select(Sessions.Array[0, 5], Gen.Bool).Sample((found, dated) =>
    {
        var notBefore = dated ? NotBefore : (DateTimeOffset?)null;
        var one = SessionMatch.Among(found, Key, Workflow, notBefore, SessionMatch.NoneExcluded);
        var other = SessionMatch.Among(found.Reverse(), Key, Workflow, notBefore, SessionMatch.NoneExcluded);
        return one.Kind == other.Kind && one.Candidates.SequenceEqual(other.Candidates.Reverse());
    }, iter: 1000);

    [Test]
    public void Only_ours_is_ever_adopted_and_a_create_never_follows_when_ours_is_there() => Sessions.Array[0, 5].Sample(found =>
    {
        var match = SessionMatch.Among(found, Key, Workflow, NotBefore, SessionMatch.NoneExcluded);
        var ours = found.Count(s => s.Key == Ours);
        return match.Kind == MatchKind.Adopt == (ours == 1) && (match.Kind != MatchKind.Adopt || match.Candidates[0].Key == Ours)
            && (ours == 0 || match.Kind is MatchKind.Adopt or MatchKind.Several);
    }, iter: 1000);

    private static Gen<FoundSession> Sessions => Gen.Select(
        Gen.OneOf([.. Unfinished, .. Finished]), Gen.OneOf(null, null, Ours, Theirs), Gen.OneOf(Workflow, null, "other"), Gen.Int[-2, 2],
        Gen.Int[0, 9],
        Gen.OneOf<long?>(null, 1, 2), Gen.Bool,
        (status, key, workflow, seconds, id, version, url) => Session($"{id}", status, key) with
        {
            WorkflowId = workflow,
            CreatedAt = NotBefore.AddSeconds(seconds),
            Version = version,
            Url = url ? "https://v/1" : null,
        });

    private static IdempotencyKey Key => new(new Guid(Ours));

    private static SessionMatch Judge(params FoundSession[] found) =>
        SessionMatch.Among(found, Key, Workflow, NotBefore, SessionMatch.NoneExcluded);

    private static FoundSession Session(string id, string? status, string? key = null) =>
        new()
        {
            Id = id,
            Number = 1,
            Url = "https://v/" + id,
            Status = status,
            WorkflowId = Workflow,
            CreatedAt = NotBefore.AddMinutes(1),
            MetadataKnown = true,
            Key = key,
            Version = 3,
        };
}
