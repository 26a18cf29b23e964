using System.Globalization;
using DiditWorker.Protocol;
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

    /// <summary>The file says what its columns mean. The protocol model of the fast tests is held to the same rows.</summary>
    public static IEnumerable<TestCaseData> Rows()
    {
        using var file = typeof(The_transition_table).Assembly.GetManifestResourceStream("store-transitions.txt")!;
        using var reader = new StreamReader(file);
        foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith('#'))
            {
                var cells = line.Split('|', StringSplitOptions.TrimEntries);
                yield return new TestCaseData([.. cells]).SetArgDisplayNames(string.Join(", ", cells));
            }
        }
    }

    [TestCaseSource(nameof(Rows))]
    public async Task Is_kept(string before, string operation, string by, string result, string after, string last)
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
                IdempotencyRecord.Parse(stored!).LastAttempt.ShouldBe(last == "now" ? now : now - Age, Slack);
                break;
        }
    }

    private async Task<string> RunAsync(string operation, string by)
    {
        try
        {
            return operation switch
            {
                "claim" or "ask" => await Store.ClaimAsync(Key, Fingerprint, by, asksAgain: operation == "ask") switch
                {
                    { Owned: true, Record: null } => "fresh",
                    { Owned: true } => "owned",
                    _ => "held",
                },
                "renew" => Lower(await Store.RenewAsync(Key, by) is not null),
                "complete" => Lower(await CompleteAsync(by, NewAnswer)),
                "refuse" => Lower(await CompleteAsync(by, NewAnswer, RecordState.Refused)),
                _ => Lower(await Store.ReleaseAsync(Key, by, Enum.Parse<ReleaseMode>(operation))),
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
            "back" => $"1 P {fingerprint} {Mine} 0 {first} {first} {words[1]} ",
            "completed" => $"1 C {fingerprint} {Mine} 0 {first} {first} 1 =s-1||/1|N|=w|1",
            "refused" => $"1 R {fingerprint} {Mine} 0 {first} {first} 1 \"no\"",
            _ => $"3 {(words[^1] == "answered" ? 'C' : 'P')} {fingerprint} {Mine} 0 {first} {first} 1 future",
        };
    }

    private static void Check(IdempotencyRecord record, string[] after, DateTimeOffset now, bool isNew)
    {
        record.Fingerprint.ShouldBe(Fingerprint);
        record.FirstAttempt.ShouldBe(
            isNew ? now : DateTimeOffset.FromUnixTimeMilliseconds((now - Age).ToUnixTimeMilliseconds()), isNew ? Slack : TimeSpan.Zero);
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
