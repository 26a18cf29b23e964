using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_random_json_is_fingerprinted
{
    private static readonly Gen<JsonNode?> Leaves = Gen.OneOf(
        Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.OneOf('é', '"', '\\', '\n', '<', '日', ' ')), 0, 6].Select(
        t => (JsonNode?)JsonValue.Create(t)),
        Gen.Int[-3, 3].Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Long.Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Double[-1e6, 1e6].Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Const((JsonNode?)null));

    private static readonly Gen<JsonNode?> Documents = Gen.Recursive<JsonNode?>((depth, self) => depth > 3
        ? Leaves
        : Gen.OneOf(Leaves, self.Array[0, 4].Select(Array),
            Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 0, 4], self)[0, 4].Select(Object)));

    [Test]
    public void Order_of_members_white_space_and_escapes_never_change_it() => Gen.Select(Documents, Gen.Int).Sample(
        (node, seed) => Of(Notation(node, seed)) == Of(node?.ToJsonString() ?? "null"), iter: 1000, print: Print);

    [Test]
    public void Changing_any_one_leaf_always_changes_it() => Gen.Select(Documents, Gen.Int[0, 1000], Leaves).Sample(
        (node, which, leaf) =>
        {
            var before = node?.ToJsonString() ?? "null";
            var after = WithLeaf(JsonNode.Parse(before), which, leaf)?.ToJsonString() ?? "null";
            return JsonNode.DeepEquals(JsonNode.Parse(before), JsonNode.Parse(after)) == (Of(before) == Of(after));
        },
        iter: 1000);

    private static string Of(string json) => Fingerprint.Of(JsonElement.Parse(json));

    private static string Print((JsonNode? Node, int Seed) sample) => Notation(sample.Node, sample.Seed);

    private static JsonNode? Array(JsonNode?[] items) => new JsonArray([.. items.Select(item => item?.DeepClone())]);

    private static JsonNode? Object(Dictionary<string, JsonNode?> members) =>
        new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));

    // The same value in another notation, chosen by the seed.
    private static string Notation(JsonNode? node, int seed)
    {
        var blank = (seed & 3) switch { 0 => "", 1 => " ", 2 => "\n\t", _ => "\r\n  " };
        return node switch
        {
            JsonObject o => "{" + string.Join(blank + ",", o.OrderBy(m => Mixed(m.Key, seed)).Select(m =>
                blank + Escaped(m.Key, seed) + blank + ":" + Notation(m.Value, seed * 31))) + blank + "}",
            JsonArray a => "[" + string.Join(blank + ",", a.Select(item => blank + Notation(item, seed * 31))) + blank + "]",
            JsonValue v when v.GetValueKind() == JsonValueKind.String => Escaped(v.GetValue<string>(), seed),
            JsonValue v when v.GetValueKind() == JsonValueKind.Number && !v.ToJsonString().Contains('E', StringComparison.Ordinal) =>
                v.ToJsonString() + (seed % 2 == 0 ? "" : v.ToJsonString().Contains('.', StringComparison.Ordinal) ? "00" : ".0")
                    + (seed % 3 == 0 ? "e0" : ""),
            _ => node?.ToJsonString() ?? "null",
        };
    }

    private static int Mixed(string text, int seed) => text.Aggregate(seed, (hash, c) => unchecked((hash * 31) ^ (c * 7919)));

    private static string Escaped(string text, int seed)
    {
        var escaped = new StringBuilder("\"");
        foreach (var c in text)
        {
            var must = c is '"' or '\\' || char.IsControl(c);
            escaped.Append(
                must || ((c + seed) & 1) == 0 ? "\\u" + ((int)c).ToString((seed & 4) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture) : c);
        }

        return escaped.Append('"').ToString();
    }

    private static JsonNode? WithLeaf(JsonNode? root, int which, JsonNode? leaf)
    {
        var places = Places(root).ToList();
        if (places.Count == 0)
        {
            return leaf?.DeepClone();
        }

        places[which % places.Count](leaf?.DeepClone());
        return root;
    }

    private static IEnumerable<Action<JsonNode?>> Places(JsonNode? node) => node switch
    {
        JsonObject o => o.ToList().SelectMany(m => IsLeaf(m.Value) ? [value => o[m.Key] = value] : Places(m.Value)),
        JsonArray a => a.ToList().SelectMany((item, i) => IsLeaf(item) ? [value => a[i] = value] : Places(item)),
        _ => [],
    };

    private static bool IsLeaf(JsonNode? node) => node is null or JsonValue or JsonObject { Count: 0 } or JsonArray { Count: 0 };
}
