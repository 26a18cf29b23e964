using System.Diagnostics;
using System.Text;
using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>One trace from the publisher to the answer.</summary>
[NonParallelizable]
public sealed class When_a_delivery_is_traced
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private CapturedSpans _spans = null!;

    [SetUp]
    public void Listen() => _spans = new();

    [TearDown]
    public void Leave() => _spans.Dispose();

    [Test]
    public async Task It_is_one_trace_from_the_publisher_to_the_answer_with_each_attempt()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:AttemptTimeout"] = "00:00:00.500";
        var worker = await arena.StartWorkerAsync();

        // Sent, and no reply in time: it looks up, and finds what that attempt made.
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 503, Count = 1 });
        var trace = await PublishAsync(worker.Services.GetRequiredService<IBus>(), new() { VendorData = "user-1" });
        await arena.Broker.UntilAnswersAsync(1);
        var verify = (await EndedAsync(trace, "verify")).Single();

        _spans.Of(trace, "claim").Count().ShouldBe(2, "before each attempt");
        _spans.Of(trace, "create").Select(span => span.GetTagItem("diditworker.result")).ShouldBe(["Ambiguous", "Created"]);
        _spans.Of(trace, "look up").Single().GetTagItem("diditworker.result").ShouldBe("None");
        _spans.Of(trace, "complete").Count().ShouldBe(1);
        var requests = _spans.Of(trace).Where(span => span.Source.Name == "System.Net.Http").OrderBy(span => span.StartTimeUtc).ToList();
        requests.Select(span => $"{span.GetTagItem("http.request.method")} {span.GetTagItem("http.response.status_code")}")
            .ShouldBe(["POST 503", "GET 200", "GET 200", "POST 201"], "a look-up asks for both kinds of sessions");
        requests.ShouldAllBe(span => !$"{span.GetTagItem("url.full")}".Contains("user-1", StringComparison.Ordinal));
        _spans.Of(trace).Where(span => span.Kind == ActivityKind.Producer).Select(span => span.DisplayName)
            .ShouldContain("DiditWorker.Contracts:VerificationSessionCreated send");
        verify.GetTagItem("messaging.system").ShouldBe("rabbitmq");
        verify.GetTagItem("messaging.destination.name").ShouldBe("start-verification");
        verify.GetTagItem("messaging.operation.type").ShouldBe("process");
        verify.GetTagItem("diditworker.outcome").ShouldBe("created");
        verify.GetTagItem("diditworker.attempts").ShouldBe(2);
        verify.GetTagItem("diditworker.redelivered").ShouldBe(false);
        verify.Events.Where(item => item.Name == "decided").SelectMany(item => item.Tags).Select(tag => tag.Value)
            .ShouldContain("LookUpThenCreate");
    }

    [Test]
    public async Task A_duplicate_says_that_it_was_answered_from_the_record()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        var bus = worker.Services.GetRequiredService<IBus>();
        var id = Guid.Parse("33333333-0000-4000-8000-000000000002");
        await PublishAsync(bus, new() { VendorData = "user-1" }, id);
        await arena.Broker.UntilAnswersAsync(1);

        var trace = await PublishAsync(bus, new() { VendorData = "user-1" }, id);
        await arena.Broker.UntilAnswersAsync(2);

        var verify = (await EndedAsync(trace, "verify")).Single();
        verify.GetTagItem("diditworker.outcome").ShouldBe("replayed");
        verify.GetTagItem("diditworker.attempts").ShouldBe(0);
        _spans.Of(trace).ShouldNotContain(span => span.Source.Name == "System.Net.Http");
        _spans.Of(trace, "claim").Count().ShouldBe(1);
        verify.Events.Single(item => item.Name == "claimed").Tags.Single().Value.ShouldBe("answered");
    }

    [Test]
    public async Task A_publisher_in_another_language_is_continued_by_its_traceparent()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();

        await PublishWithTraceparentAsync(arena, "order-1", "0af7651916cd43dd8448eb211c80319c");
        await arena.Broker.UntilAnswersAsync(1);

        var trace = ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c");
        var verify = (await EndedAsync(trace, "verify")).Single();
        verify.ParentSpanId.ToHexString().ShouldBe("b7ad6b7169203331");
        verify.Links.Count().ShouldBe(1, "to MassTransit's own");
        _spans.Of(trace, "create").Count().ShouldBe(1);
        _spans.Of(trace).ShouldContain(span => span.Kind == ActivityKind.Producer, "the answer");
    }

    [Test]
    public async Task A_replay_is_a_trace_of_its_own_linked_to_the_original()
    {
        await using var arena = await Arena.OpenAsync();
        var worker = await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422, Count = 2 });
        var first = await PublishAsync(worker.Services.GetRequiredService<IBus>(), new() { VendorData = "user-1" });
        await PublishWithTraceparentAsync(arena, "order-2", "0af7651916cd43dd8448eb211c80319d");
        await arena.Broker.UntilAnswersAsync(2);
        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync("start-verification_error") == 2, Bound, "both are parked");
        (await EndedAsync(first, "verify")).Single().GetTagItem("diditworker.outcome").ShouldBe("rejected");

        await arena.OperateAsync("dead-letters", "replay", "--yes", "--wait", "--reason", "test", "--max-failures", "10");
        await arena.Broker.UntilAnswersAsync(4);

        await Eventually.UntilAsync(() => Task.FromResult(Replays().Count() == 2), Bound, "both replays have ended");
        var originals = new[] { first, ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319d") };
        foreach (var replay in Replays())
        {
            replay.GetTagItem("diditworker.outcome").ShouldBe("created");
            originals.ShouldNotContain(replay.TraceId);
            var linked = _spans.Of(replay.TraceId).SelectMany(span => span.Links).Select(link => link.Context.TraceId).ToList();
            linked.Intersect(originals).Count().ShouldBe(1);
        }
    }

    private IEnumerable<Activity> Replays() =>
        _spans.All.Where(span => span.DisplayName == "verify" && span.GetTagItem("diditworker.replays") is "1");

    private static async Task<ActivityTraceId> PublishAsync(IBus bus, StartVerification message, Guid? id = null)
    {
        using var publisher = CapturedSpans.Publisher();
        await bus.Publish(message, context => context.MessageId = id ?? context.MessageId);
        return publisher.TraceId;
    }

    private static Task PublishWithTraceparentAsync(Arena arena, string id, string trace) => arena.Broker.PublishBytesAsync(
        id, Encoding.UTF8.GetBytes("""{"vendorData":"user-1"}"""), "application/json", DateTimeOffset.UtcNow,
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["traceparent"] = $"00-{trace}-b7ad6b7169203331-01" });

    // The answer arrives before the spans around it end.
    private async Task<IEnumerable<Activity>> EndedAsync(ActivityTraceId trace, string name)
    {
        await Eventually.UntilAsync(() => Task.FromResult(_spans.Of(trace, name).Any()), Bound, $"the span {name} has ended");
        return _spans.Of(trace, name);
    }
}
