using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_session_is_kept
{
    private const string TypicalPayload = "tjmvYztfQpW2k-3PBAeC2Q|100000|/EDU8p3AYrUwZ|N|4aaSj2UITqSNQV-FFVCXDQ|8df4a227d40da03";

    private static readonly DiditSession Typical = new()
    {
        Id = "b639af63-3b5f-4295-b693-edcf040782d9",
        Number = 100000,
        Url = "https://verify.didit.me/session/EDU8p3AYrUwZ",
        Status = "Not Started",
        WorkflowId = "e1a6928f-6508-4ea4-8d41-5f851550970d",
        CreatedAt = new DateTimeOffset(2026, 11, 24, 12, 0, 10, TimeSpan.Zero).AddTicks(645379),
    };

    // What is special in the stored form, what only looks like it, and anything else, half a surrogate pair included.
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.OneOf('|', '~', '=', '/', '0', '1', ' ', '{', '\0', '\n', 'é', '漢'), 0, 8],
        Gen.Guid.Select(uuid => uuid.ToString("D")),
        Gen.OneOf("D", "N", "B", "P").Select(Gen.Guid, (format, uuid) => uuid.ToString(format).ToUpperInvariant()),
        Gen.String[Gen.Char.AlphaNumeric, 22, 22],
        Gen.OneOf("Not Started", "not started", "Approved", "Kyc Expired", "N", "=N", "{}", "gcm1:", ""),
        Gen.String.Select(rest => "https://verify.didit.me/session/" + rest),
        Gen.Int[1, 5].Select(n => new string('|', n * 20_000)));

    // What Didit calls by an empty text is no session to the worker.
    private static readonly Gen<string> Names = Texts.Where(text => text.Length > 0);

    private static readonly Gen<DateTimeOffset> Times = Gen.OneOf(
        Gen.Long[0, DateTimeOffset.MaxValue.Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero)),
        Gen.Select(Gen.Long[TimeSpan.TicksPerDay, DateTimeOffset.MaxValue.Ticks - TimeSpan.TicksPerDay], Gen.Int[-840, 840],
        (ticks, minutes) =>
            new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes))));

    private static readonly Gen<DiditSession> Sessions = Gen.Select(
        Names, Gen.Long.Nullable(), Names, Texts, Texts, Times,
        (id, number, url, status, workflow, time) => new DiditSession
        {
            Id = id,
            Number = number,
            Url = url,
            Status = status,
            WorkflowId = workflow,
            CreatedAt = time,
        });

    [Test]
    public void Any_comes_back_exactly() => Sessions.Sample(
        session =>
        {
            var read = DiditSession.FromPayload(session.ToPayload());
            return read == session && read.CreatedAt.EqualsExact(session.CreatedAt);
        },
        iter: 1000);

    [Test]
    public void The_first_and_the_last_time_that_there_is_come_back()
    {
        foreach (var time in (DateTimeOffset[])[DateTimeOffset.MinValue, DateTimeOffset.MaxValue])
        {
            var session = new DiditSession
            {
                Id = "s-1",
                Number = 1,
                Url = "https://v/1",
                Status = "Approved",
                WorkflowId = "w-1",
                CreatedAt = time,
            };

            DiditSession.FromPayload(session.ToPayload()).ShouldBe(session);
        }
    }

    [Test]
    public void It_is_never_taken_for_json_or_for_an_encrypted_one() => Sessions.Sample(
        session => session.ToPayload() is var payload && payload[0] != '{' && !payload.StartsWith("gcm1:", StringComparison.Ordinal),
        iter: 500);

    [TestCase("Not Started", "N")]
    [TestCase("In Progress", "P")]
    [TestCase("Resubmitted", "S")]
    [TestCase("Awaiting User", "U")]
    [TestCase("Approved", "A")]
    [TestCase("Declined", "D")]
    [TestCase("In Review", "R")]
    [TestCase("Expired", "E")]
    [TestCase("Abandoned", "B")]
    [TestCase("Kyc Expired", "=Kyc Expired")]
    public void A_usual_status_is_one_letter(string status, string kept)
    {
        var payload = (Typical with { Status = status }).ToPayload();

        payload.ShouldContain($"|{kept}|");
        DiditSession.FromPayload(payload).Status.ShouldBe(status);
    }

    // Changed by nobody: Redis holds such records.
    [Test]
    public void The_stored_form_is_what_it_was()
    {
        Typical.ToPayload().ShouldBe(TypicalPayload);
        DiditSession.FromPayload(TypicalPayload).ShouldBe(Typical);

        const string stored = "=a~1b~0||=https://verify.example/s?x=1|=Kyc Expired|=W-1|=2026-11-24T14:00:00.0000000+02:00";
        var odd = new DiditSession
        {
            Id = "a|b~",
            Number = null,
            Url = "https://verify.example/s?x=1",
            Status = "Kyc Expired",
            WorkflowId = "W-1",
            CreatedAt = new DateTimeOffset(2026, 11, 24, 14, 0, 0, TimeSpan.FromHours(2)),
        };
        odd.ToPayload().ShouldBe(stored);
        DiditSession.FromPayload(stored).ShouldBe(odd);
    }

    [TestCase("", "number of fields")]
    [TestCase(TypicalPayload + "|", "number of fields")]
    [TestCase("tjmvYztfQpW2k-3PBAeC2|1|/secret|N|=w|1", "id")]
    [TestCase("tjmvYztfQpW2k+3PBAeC2Q|1|/secret|N|=w|1", "id")]
    [TestCase("=s|one|/secret|N|=w|1", "number")]
    [TestCase("=s|1|secret|N|=w|1", "url")]
    [TestCase("=s|1||N|=w|1", "url")]
    [TestCase("=s|1|/secret|X|=w|1", "status")]
    [TestCase("=s|1|/secret||=w|1", "status")]
    [TestCase("=s|1|/secret|N||1", "id")]
    [TestCase("=s|1|/secret|N|=w|", "time")]
    [TestCase("=s|1|/secret|N|=w|ffffffffffffffff", "time")]
    [TestCase("=s|1|/secret|N|=w|7fffffffffffffff", "time")]
    [TestCase("=s|1|/secret|N|=w|=soon", "time")]
    public void A_damaged_one_is_refused_without_being_quoted(string payload, string what) =>
        Should.Throw<FormatException>(() => DiditSession.FromPayload(payload)).Message.ShouldBe($"The stored answer is damaged: {what}.");
}
