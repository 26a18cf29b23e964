using DiditWorker.Operations.Keys;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>By the request id or by the key itself, whichever is at hand; a UUID can be either.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_an_operator_names_a_key(Kind kind) : StoreTest(kind)
{
    private static readonly IdempotencyOptions Options = new();

    private KeyFinder Finder => new(Store, Options);

    [Test]
    public async Task The_request_id_leads_to_its_record()
    {
        var id = $"order-{Key}";
        var key = IdempotencyKey.Create(Options.Scope, id);
        await Store.ClaimAsync(key, Fingerprint, Mine);

        var found = await Finder.FindAsync(id);

        (found.Key, found.RequestId, found.OrKey).ShouldBe((key, id, null));
        found.Memory.Record!.Owner.ShouldBe(Mine);
        found.Ttl!.Value.ShouldBe(Window, Slack);
        found.ToString().ShouldBe($"request id {id} (key {key})");
    }

    [Test]
    public async Task So_does_the_key_in_any_notation()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);

        foreach (var text in (string[])[Key.ToString(), Key.ToString().ToUpperInvariant(), Key.Value.ToString("B")])
        {
            var found = await Finder.FindAsync(text);
            (found.Key, found.RequestId, found.OrKey).ShouldBe((Key, null, null));
            found.Memory.Record!.Owner.ShouldBe(Mine);
            found.ToString().ShouldBe($"key {Key}");
        }

        (await Finder.FindAsync(Key.ToString(), isKey: true)).ShouldSatisfyAllConditions(
            found => (found.Key, found.RequestId).ShouldBe((Key, null)), found => found.Memory.Record!.Owner.ShouldBe(Mine));
    }

    [Test]
    public async Task A_uuid_that_is_both_is_taken_for_the_request_id()
    {
        var derived = IdempotencyKey.Create(Options.Scope, Key.ToString());
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ClaimAsync(derived, Fingerprint, Theirs);

        var found = await Finder.FindAsync(Key.ToString());

        (found.Key, found.RequestId, found.Memory.Record!.Owner).ShouldBe((derived, Key.ToString(), Theirs));
    }

    [Test]
    public async Task A_uuid_under_which_nothing_is_found_may_be_either()
    {
        var found = await Finder.FindAsync(Key.ToString().ToUpperInvariant());

        (found.Key, found.RequestId, found.OrKey).ShouldBe((IdempotencyKey.Create(Options.Scope, Key.ToString()), Key.ToString(), Key));
        found.Memory.Record.ShouldBeNull();
        found.Ttl.ShouldBeNull();
    }

    [Test]
    public async Task Any_other_text_is_a_request_id()
    {
        (await Finder.FindAsync("order-42 ")).ShouldSatisfyAllConditions(
            found => found.RequestId.ShouldBe("order-42 "), found => found.OrKey.ShouldBeNull());
        KeyFinder.KeyIn("order-42").ShouldBeNull();
    }
}
