using System.Text.Json;
using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_key_is_derived
{
    private const string Scope = "start-verification";

    // The alphabet is small on purpose, so that near misses are frequent.
    private static readonly Gen<string> Scopes = Gen.Select(Gen.OneOf('a', 'b', '7'), Gen.OneOf('a', 'b', '.', '-').Array[0, 4],
        (first, rest) => first + string.Concat(rest));

    private static readonly Gen<string> Ids = Gen.OneOf('a', 'b', ':', '.', '-', ' ', 'A').Array[1, 5].Select(string.Concat);

    private static IEnumerable<TestCaseData> Vectors()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "key-vectors.json")));
        foreach (var vector in document.RootElement.EnumerateArray())
        {
            yield return new TestCaseData(
                vector.GetProperty("scope").GetString(), vector.GetProperty("requestId").GetString(), vector.GetProperty("key")
                    .GetString());
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void It_is_the_one_that_another_language_derives(string scope, string requestId, string key) =>
        IdempotencyKey.Create(scope, requestId).ToString().ShouldBe(key);

    [Test]
    public void There_are_vectors() => Vectors().Count().ShouldBeGreaterThanOrEqualTo(6);

    [Test]
    public void Another_scope_or_request_id_gives_another_key() => Gen.Select(Gen.Select(Scopes, Ids), Gen.Select(Scopes, Ids)).Sample(
        (a, b) => a == b == (IdempotencyKey.Create(a.Item1, a.Item2) == IdempotencyKey.Create(b.Item1, b.Item2)), iter: 2000);

    [Test]
    public void A_uuid_gives_one_key_in_any_notation() => Gen.Guid.Sample(
        uuid =>
        {
            string[] notations =
                [uuid.ToString("D"), uuid.ToString("N"), uuid.ToString("B"), uuid.ToString("D").ToUpperInvariant(), uuid.ToString("N")
                    .ToUpperInvariant()];
            return notations.Select(notation => IdempotencyKey.Create(Scope, notation)).Distinct().Count() == 1;
        },
        iter: 300);

    [Test]
    public void It_is_a_uuid_of_version_5_and_of_the_rfc_variant() => Ids.Sample(
        id => HasVersion5(IdempotencyKey.Create(Scope, id).Value), iter: 300);

    [Test]
    public void Its_text_is_lower_case_and_hyphenated() =>
        new IdempotencyKey(new Guid("ABCDEF01-2345-5678-9ABC-DEF012345678")).ToString().ShouldBe("abcdef01-2345-5678-9abc-def012345678");

    [Test]
    public void An_event_id_is_the_same_every_time()
    {
        var first = IdempotencyKey.Create(Scope, "order-42").EventId("VerificationSessionCreated");

        IdempotencyKey.Create(Scope, "order-42").EventId("VerificationSessionCreated").ShouldBe(first);
        HasVersion5(first).ShouldBeTrue();
    }

    // Computed with Python's uuid.uuid5(uuid.UUID("9b010311-4ba7-5932-b0f7-35e2f9a98ac7"), name).
    [TestCase("VerificationSessionCreated", "00dbb2c5-6f60-5e3e-b7f3-09163ad72d7e")]
    [TestCase("VerificationSessionRejected", "51f98191-0506-57cd-b994-8b76ca2ff146")]
    public void An_event_id_is_the_uuid5_of_key_and_event_name(string name, string id) =>
        IdempotencyKey.Create(Scope, "order-42").EventId(name).ShouldBe(new Guid(id));

    [Test]
    public void Every_event_name_and_every_request_has_its_own_event_id()
    {
        string[] requests = ["order-42", "order-43"];
        string[] names = ["VerificationSessionCreated", "VerificationSessionRejected"];

        var ids = requests.SelectMany(request => names.Select(name => IdempotencyKey.Create(Scope, request).EventId(name))).ToList();

        ids.Distinct().Count().ShouldBe(4);
    }

    private static bool HasVersion5(Guid uuid)
    {
        var text = uuid.ToString("D");
        return text[14] == '5' && (text[19] is '8' or '9' or 'a' or 'b');
    }
}
