using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>A person has looked at the sessions of a parked message, and said which are not its own.</summary>
public sealed class When_sessions_are_excluded
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("excluded", "message");
    private static readonly FoundSession Keyless =
        new()
        {
            Id = "a",
            Number = 1,
            Url = "https://verify.example",
            Status = "Approved",
            WorkflowId = "workflow",
            CreatedAt = Walk.Now,
            MetadataKnown = true,
            Key = null,
            Version = 1,
        };
    private static readonly FoundSession Ours = Keyless with { Id = "b", Key = Key.ToString() };
    private static readonly FoundSession Current = Keyless with { Id = "c", Status = "Not Started", Version = 2 };
    private static readonly FoundSession Older = Current with { Id = "d", Version = 1 };

    [Test]
    public void They_stand_in_the_way_of_nothing()
    {
        Among([Keyless]).Kind.ShouldBe(MatchKind.Several);
        Among([Keyless], "a").Kind.ShouldBe(MatchKind.None);
        Among([Keyless, Keyless with { Id = "z" }], "a").Candidates.ShouldBe([Keyless with { Id = "z" }]);
    }

    [Test]
    public void Not_even_one_with_our_key_is_adopted()
    {
        Among([Ours]).Kind.ShouldBe(MatchKind.Adopt);
        Among([Ours], "b").Kind.ShouldBe(MatchKind.None);
        Among([Ours, Ours with { Id = "z" }], "z")
            .ShouldSatisfyAllConditions(m => m.Kind.ShouldBe(MatchKind.Adopt), m => m.Candidates.ShouldBe([Ours]));
    }

    // Didit hands back only what is of the newest version, whosever it is.
    [Test]
    public void They_still_tell_which_version_is_the_newest()
    {
        Among([Older]).Kind.ShouldBe(MatchKind.HandedBack);
        Among([Current with { Status = "Approved" }, Older], "c").Kind.ShouldBe(MatchKind.Several);
    }

    [Test]
    public void A_row_without_an_id_cannot_be_excluded() => Among([Keyless with { Id = "" }], "").Kind.ShouldBe(MatchKind.Several);

    private static SessionMatch Among(FoundSession[] found, params string[] excluded) =>
        SessionMatch.Among(found, Key, "workflow", notBefore: null, excluded.ToHashSet(StringComparer.Ordinal));
}
