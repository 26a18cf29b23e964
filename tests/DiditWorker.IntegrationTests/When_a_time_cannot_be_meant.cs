using System.Text;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// A time that was never set, or stands in another unit, counts as unknown: the message is old, and is answered after a look-up.
/// </summary>
public sealed class When_a_time_cannot_be_meant
{
    private static readonly string[] Never =
    [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999-05:00",
        "1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0000-00-00T00:00:00Z",
    ];

    private static readonly long[] Timestamps =
        [0, 1, -1, long.MinValue, long.MaxValue, 253_402_300_799, 253_402_300_800, 1_795_521_600_000_000, -62_135_596_800];

    [TestCase("1.00:00:00")]
    [TestCase("0")]
    public async Task Every_message_is_answered(string window)
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:IdempotencyWindow"] = window == "0" ? "00:00:00" : window;
        await arena.StartWorkerAsync();
        var published = 0;
        foreach (var time in Never)
        {
            await PublishAsync(arena, $"sent-{time}", $"\"sentTime\":\"{time}\",\"expirationTime\":null", "");
            await PublishAsync(arena, $"requested-{time}", "\"host\":null",
                time.StartsWith("0000", StringComparison.Ordinal) || time.Length == 19 ? "" : $",\"requestedAt\":\"{time}\"");
            published += 2;
        }

        foreach (var timestamp in Timestamps)
        {
            await arena.Broker.PublishAsync(
                new() { MessageId = $"stamp-{timestamp}", ContentType = "application/json", Timestamp = new(timestamp) },
                Encoding.UTF8.GetBytes($$"""{"vendorData":"stamp-{{timestamp}}"}"""));
            published++;
        }

        await arena.Broker.UntilAnswersAsync(published);
        arena.Broker.Rejected.ShouldBeEmpty();
        arena.Didit.State.Sessions.Count.ShouldBe(published);

        // Unknown, hence old.
        foreach (var session in arena.Didit.State.Sessions)
        {
            arena.Didit.State.Requests.ShouldContain(
                request => request.Operation == DiditOperation.List && request.VendorData == session.VendorData);
        }
    }

    [Test]
    public async Task Beside_one_that_can_be_meant_it_is_ignored()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        foreach (var time in Never)
        {
            var envelope = Envelope(Guid.NewGuid(), "user-" + time, $"\"sentTime\":\"{time}\"", "");
            await arena.Broker.PublishBytesAsync(
                "x", Encoding.UTF8.GetBytes(envelope), "application/vnd.masstransit+json", DateTimeOffset.UtcNow);
        }

        await arena.Broker.UntilAnswersAsync(Never.Length);
        arena.Broker.Created.Count().ShouldBe(Never.Length);
        arena.Didit.State.Requests.ShouldNotContain(request => request.Operation == DiditOperation.List);
    }

    [TestCase("1.00:00:00")]
    [TestCase("00:00:00")]
    public async Task No_command_on_dead_letters_stumbles_over_it(string window)
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:IdempotencyWindow"] = window;
        await arena.StartWorkerAsync();
        var published = 0;
        foreach (var time in Never)
        {
            await PublishAsync(arena, $"bad-{time}", $"\"sentTime\":\"{time}\"", ",\"callbackMethod\":\"nobody\"");
            published++;
        }

        foreach (var timestamp in Timestamps)
        {
            await arena.Broker.PublishAsync(
                new() { MessageId = $"stamp-{timestamp}", ContentType = "application/json", Timestamp = new(timestamp) },
                "{\"vendorData\":\"x\",\"language\":\"\"}"u8.ToArray());
            published++;
        }

        await arena.Broker.UntilAnswersAsync(published);
        using var folder = new TemporaryFolder();
        var list = await arena.OperateAsync("dead-letters", "list", "--json");
        list.ExitCode.ShouldBe(0, list.ToString());
        list.Json[0].GetProperty("count").GetInt32().ShouldBe(published);
        list.Json[0].GetProperty("window").GetProperty("unknown").GetInt32().ShouldBe(published);
        foreach (var args in (string[][])[
            ["list"], ["plan"], ["plan", "--json"], ["show", $"stamp-{long.MinValue}"], ["show", "stamp--1", "--json"],
            ["list", "--window", "unknown"],
            ["export", folder.File("all")], ["import", folder.File("all")], ["history"], ["replay"],
            ["discard", "--archive", folder.File("discarded"), "--reason", "test"]])
        {
            var run = await arena.OperateAsync(["dead-letters", .. args]);
            run.ExitCode.ShouldBe(0, string.Join(' ', args) + run);
        }
    }

    private static Task PublishAsync(Arena arena, string vendorData, string member, string messageMember) => arena.Broker.PublishBytesAsync(
        "x", Encoding.UTF8.GetBytes(Envelope(Guid.NewGuid(), vendorData, member, messageMember)),
        "application/vnd.masstransit+json", timestamp: null);

    private static string Envelope(Guid id, string vendorData, string member, string messageMember) =>
        $$$"""{"messageId":"{{{id}}}","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],{{{member}}},"message":"""
        + $$$"""{"vendorData":"{{{vendorData}}}"{{{messageMember}}} }}""";
}
