using System.Globalization;
using DiditWorker.Idempotency;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Every state of a record against every operation, by its owner and by somebody else.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class The_transition_table(Kind kind) : StoreTest(kind)
{
    private const string NewAnswer = """{"i":"s-2"}""";
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    // before | operation | by | result | after
    // before, after: -            no record
    //                live|over N  claimed by Mine, lease live or over, N attempts; "other": for another payload
    //                completed, refused, newer (a record of another version)
    // after:         same         not one byte changed
    //                live N OWNER, over N, completed OWNER, refused OWNER: written, the first attempt as it was
    private const string Table =
        """
        -            | claim     | Mine   | owned  | live 1 Mine
        -            | renew     | Mine   | false  | -
        -            | complete  | Mine   | true   | completed Mine
        -            | refuse    | Mine   | true   | refused Mine
        -            | Forget    | Mine   | false  | -
        -            | Keep      | Mine   | false  | -
        -            | Uncounted | Mine   | false  | -
        -            | Reset     | Mine   | false  | -

        live 1       | claim     | Mine   | owned  | same
        live 1       | claim     | Theirs | held   | same
        live 1       | renew     | Mine   | true   | live 1 Mine
        live 1       | renew     | Theirs | false  | same
        live 1       | complete  | Mine   | true   | completed Mine
        live 1       | complete  | Theirs | false  | same
        live 1       | refuse    | Mine   | true   | refused Mine
        live 1       | refuse    | Theirs | false  | same
        live 1       | Forget    | Mine   | true   | -
        live 1       | Forget    | Theirs | false  | same
        live 1       | Keep      | Mine   | true   | over 1
        live 1       | Keep      | Theirs | false  | same
        live 1       | Uncounted | Mine   | true   | over 1
        live 1       | Uncounted | Theirs | false  | same
        live 1       | Reset     | Mine   | true   | over 1
        live 1       | Reset     | Theirs | false  | same

        live 3       | claim     | Mine   | owned  | same
        live 3       | claim     | Theirs | held   | same
        live 3       | renew     | Mine   | true   | live 3 Mine
        live 3       | complete  | Mine   | true   | completed Mine
        live 3       | Forget    | Mine   | true   | over 2
        live 3       | Keep      | Mine   | true   | over 3
        live 3       | Uncounted | Mine   | true   | over 2
        live 3       | Reset     | Mine   | true   | over 1
        live 3       | Forget    | Theirs | false  | same
        live 3       | Reset     | Theirs | false  | same

        over 1       | claim     | Mine   | owned  | live 2 Mine
        over 1       | claim     | Theirs | owned  | live 2 Theirs
        over 3       | claim     | Theirs | owned  | live 4 Theirs
        over 1       | renew     | Theirs | false  | same
        over 1       | complete  | Theirs | false  | same
        over 1       | refuse    | Theirs | false  | same
        over 1       | Forget    | Theirs | false  | same
        over 1       | Keep      | Theirs | false  | same
        over 1       | Uncounted | Theirs | false  | same
        over 1       | Reset     | Theirs | false  | same

        live 1 other | claim     | Mine   | held   | same
        live 1 other | claim     | Theirs | held   | same
        over 1 other | claim     | Theirs | held   | same
        over 1 other | complete  | Theirs | false  | same

        completed    | claim     | Mine   | held   | same
        completed    | claim     | Theirs | held   | same
        completed    | renew     | Mine   | false  | same
        completed    | renew     | Theirs | false  | same
        completed    | complete  | Mine   | true   | same
        completed    | complete  | Theirs | false  | same
        completed    | refuse    | Theirs | false  | same
        completed    | Forget    | Mine   | false  | same
        completed    | Forget    | Theirs | false  | same
        completed    | Keep      | Mine   | false  | same
        completed    | Uncounted | Mine   | false  | same
        completed    | Reset     | Mine   | false  | same
        completed other | claim  | Theirs | held   | same

        refused      | claim     | Mine   | held   | same
        refused      | claim     | Theirs | held   | same
        refused      | renew     | Mine   | false  | same
        refused      | refuse    | Mine   | true   | same
        refused      | complete  | Theirs | false  | same
        refused      | refuse    | Theirs | false  | same
        refused      | Forget    | Mine   | false  | same
        refused      | Keep      | Mine   | false  | same
        refused      | Uncounted | Mine   | false  | same
        refused      | Reset     | Mine   | false  | same

        newer        | claim     | Mine   | throws | same
        newer        | claim     | Theirs | throws | same
        newer        | renew     | Mine   | false  | same
        newer        | complete  | Mine   | throws | same
        newer        | refuse    | Mine   | throws | same
        newer        | Forget    | Mine   | false  | same
        newer        | Keep      | Mine   | false  | same
        newer        | Uncounted | Mine   | false  | same
        newer        | Reset     | Mine   | false  | same
        """;

    public static IEnumerable<TestCaseData> Rows() =>
        from line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        select new TestCaseData([.. cells]).SetArgDisplayNames(string.Join(", ", cells));

    [TestCaseSource(nameof(Rows))]
    public async Task Is_kept(string before, string operation, string by, string result, string after)
    {
        var now = await NowAsync();
        var seed = Seed(before, now);
        if (seed is not null)
            await PutAsync(seed);

        (await RunAsync(operation, by == nameof(Mine) ? Mine : Theirs)).ShouldBe(result);

        var stored = await StoredAsync();
        switch (after.Split(' '))
        {
            case ["-"]:
                stored.ShouldBeNull();
                break;
            case ["same"]:
                stored.ShouldBe(seed);
                break;
            default:
                Check(IdempotencyRecord.Parse(stored.ShouldNotBeNull()), after.Split(' '), now, isNew: seed is null);
                break;
        }
    }

    private async Task<string> RunAsync(string operation, string by)
    {
        try
        {
            return operation switch
            {
                "claim" => (await Store.ClaimAsync(Key, Fingerprint, by)).Owned ? "owned" : "held",
                "renew" => Lower(await Store.RenewAsync(Key, by)),
                "complete" => Lower(await CompleteAsync(by, NewAnswer)),
                "refuse" => Lower(await CompleteAsync(by, NewAnswer, RecordState.Refused)),
                _ => Lower(await Store.ReleaseAsync(Key, by, Enum.Parse<Release>(operation))),
            };
        }
        catch (UnknownRecordException)
        {
            return "throws";
        }
    }

    private static string? Seed(string before, DateTimeOffset now)
    {
        var words = before.Split(' ');
        var first = Milliseconds(now - Age);
        var fingerprint = words[^1] == "other" ? OtherFingerprint : Fingerprint;
        return words[0] switch
        {
            "-" => null,
            "live" => $"1 P {fingerprint} {Mine} {Milliseconds(now + Lease)} {first} {first} {words[1]} ",
            "over" => $"1 P {fingerprint} {Mine} {Milliseconds(now.AddMilliseconds(-1))} {first} {first} {words[1]} ",
            "completed" => $"1 C {fingerprint} {Mine} 0 {first} {first} 1 {Answer}",
            "refused" => $"1 R {fingerprint} {Mine} 0 {first} {first} 1 \"no\"",
            _ => $"2 P {fingerprint} {Mine} 0 {first} {first} 1 future",
        };
    }

    private static void Check(IdempotencyRecord record, string[] after, DateTimeOffset now, bool isNew)
    {
        record.Fingerprint.ShouldBe(Fingerprint);
        record.FirstAttempt.ShouldBe(isNew ? now : DateTimeOffset.FromUnixTimeMilliseconds((now - Age).ToUnixTimeMilliseconds()), isNew ? Slack : TimeSpan.Zero);
        if (after[0] != "over")
            record.Owner.ShouldBe(after[^1] == nameof(Mine) ? Mine : Theirs);
        if (after[0] is "live" or "over")
        {
            record.State.ShouldBe(RecordState.InProgress);
            record.Payload.ShouldBeEmpty();
            record.Attempts.ShouldBe(int.Parse(after[1], CultureInfo.InvariantCulture));
            if (after[0] == "live")
                record.LeaseUntil.ShouldBe(now + Lease, Slack);
            else
                record.LeaseUntil.ShouldBeLessThan(now);
        }
        else
        {
            record.State.ShouldBe(after[0] == "completed" ? RecordState.Completed : RecordState.Refused);
            record.Payload.ShouldBe(NewAnswer);
        }
    }

    private static string Lower(bool value) => value ? "true" : "false";
}
