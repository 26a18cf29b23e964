using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// The model's store does what Redis and Garnet do: <c>The_transition_table</c> of the integration tests runs the same rows there.
/// </summary>
public sealed class When_the_store_is_modelled
{
    private const int Mine = 0;
    private const int Theirs = 1;
    private const int Fingerprint = 0;
    private const int OldEra = 3;
    private const int Now = 4;
    private const int Lease = 2;
    private static readonly Payload Answer = new(0, Mine);
    private static readonly Payload NewAnswer = new(1, Mine);

    public static IEnumerable<TestCaseData> Rows()
    {
        using var file = typeof(When_the_store_is_modelled).Assembly.GetManifestResourceStream("store-transitions.txt")!;
        using var reader = new StreamReader(file);
        var rows = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // The model has no records of another version: the worker leaves them alone and waits. A lease that was given back is like one that
        // is over.
        return rows.Where(
            row => !row.StartsWith('#') && !row.StartsWith("newer", StringComparison.Ordinal)
                && !row.StartsWith("back", StringComparison.Ordinal))
            .Select(row => new TestCaseData([.. row.Split('|', StringSplitOptions.TrimEntries)]).SetArgDisplayNames(row));
    }

    [TestCaseSource(nameof(Rows))]
    public void It_does_what_the_servers_do(string before, string operation, string by, string result, string after, string last)
    {
        var seed = Seed(before.Split(' '));

        var (stored, said) = Run(seed, operation, by == nameof(Mine) ? Mine : Theirs);

        said.ShouldBe(result);
        switch (after.Split(' '))
        {
            case ["-"]:
                stored.ShouldBeNull();
                break;
            case ["same"]:
                stored.ShouldBe(seed);
                break;
            case ["live" or "over", var attempts, .. var owner]:
                stored.ShouldBe(
                    new ModelRecord(
                    RecordState.InProgress, Fingerprint, Owner(owner, seed), after.StartsWith("live", StringComparison.Ordinal) ? Lease : 0,
                    Recent: last == "now", seed?.First ?? Now, int.Parse(attempts, System.Globalization.CultureInfo.InvariantCulture)));
                break;
            case [var state, .. var owner]:
                stored.ShouldNotBeNull();
                (stored.State, stored.Fingerprint, stored.Owner, stored.First, stored.Payload).ShouldBe((
                    state == "completed" ? RecordState.Completed : RecordState.Refused, Fingerprint, Owner(owner, seed), seed?.First
                        ?? Now, NewAnswer));
                break;
        }
    }

    [Test]
    public void There_are_rows() => Rows().Count().ShouldBeGreaterThan(70);

    private static (ModelRecord? After, string Said) Run(ModelRecord? before, string operation, int by)
    {
        switch (operation)
        {
            case "claim" or "ask":
                var claimed = ModelStore.Claim(before, Fingerprint, by, Now, Lease, asksAgain: operation == "ask");
                return (claimed.After, claimed switch { { Owned: true, Told: null } => "fresh", { Owned: true } => "owned", _ => "held" });
            case "renew":
                var (renewed, kept) = ModelStore.Renew(before, by, Lease);
                return (renewed, Said(kept));
            case "complete" or "refuse":
                var state = operation == "complete" ? RecordState.Completed : RecordState.Refused;
                var (completed, written) = ModelStore.Complete(before, state, Fingerprint, by, Now, NewAnswer);
                return (completed, Said(written));
            default:
                var (released, done) = ModelStore.GiveBack(before, by, Enum.Parse<ReleaseMode>(operation));
                return (released, Said(done));
        }
    }

    private static ModelRecord? Seed(string[] words) => words[0] switch
    {
        "-" => null,
        "live" or "over" =>
        new(RecordState.InProgress, Payload(words), Mine, words[0] == "live" ? 1 : 0, Recent: false, OldEra, words[1][0] - '0'),
        var state =>
        new(state == "completed" ? RecordState.Completed : RecordState.Refused, Payload(words), Mine, Lease: 0, Recent: false, OldEra, 1)
        {
            Payload = Answer,
        },
    };

    private static int Payload(string[] words) => words[^1] == "other" ? 1 : Fingerprint;

    private static int Owner(string[] named, ModelRecord? seed) =>
        named is [nameof(Theirs)] ? Theirs : named is [nameof(Mine)] ? Mine : seed!.Owner;

    private static string Said(bool done) => done ? "true" : "false";
}
